// Comforts of the page Assess; it works without them.
document.querySelectorAll("button.print").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
// "Not known" and "none" stand alone: whatever else is stated takes them back, and they take back the rest.
document.querySelectorAll("[data-alone]").forEach((alone) => {
  const question = alone.closest(".options").parentElement;
  const others = [...question.querySelectorAll("input")].filter((one) => one.name === alone.name && one !== alone);
  alone.addEventListener("change", () => {
    if (alone.checked) others.forEach((one) => (one.type === "checkbox" ? (one.checked = false) : (one.value = "")));
  });
  others.forEach((one) => one.addEventListener("input", () => (alone.checked = false)));
});
