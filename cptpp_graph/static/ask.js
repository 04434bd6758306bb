// Puts the editor in place of the plain field. Completion knows our own words; nothing is fetched from elsewhere.
"use strict";

const place = document.getElementById("yasgui");
const field = document.getElementById("run");
const known = fetch(place.dataset.vocabulary).then((answer) => answer.json());

for (const [name, kind, base] of [["our-class", "classes", "class"], ["our-property", "properties", "property"]]) {
  Yasgui.Yasqe.forkAutocompleter(base, {
    name,
    persistenceId: null,
    get: async () => (await known)[kind],
  });
}
Yasgui.Yasqe.forkAutocompleter("prefixes", {
  name: "our-prefixes",
  persistenceId: null,
  get: async () => Object.entries((await known).prefixes).map(([prefix, space]) => `${prefix}: <${space}>`),
});
Yasgui.Yasqe.defaults.autocompleters = ["variables", "our-prefixes", "our-class", "our-property"];

place.hidden = false;
document.getElementById("plain").hidden = true;
const yasgui = new Yasgui(place, {
  requestConfig: { endpoint: `${location.origin}/sparql`, method: "POST" },
  copyEndpointOnNewTab: true,
  persistenceId: null,
  endpointCatalogueOptions: { getData: () => [{ endpoint: `${location.origin}/sparql` }] },
});
yasgui.getTab().setQuery(field.value);
window.yasgui = yasgui;
for (const area of place.querySelectorAll(".CodeMirror textarea")) area.setAttribute("aria-label", place.dataset.label);
