"""Wrong cases in every syntax, and what the message on each must name."""

from __future__ import annotations

import json
from typing import Any

from forms import ADDRESS, CASES, CONTEXT, forms, stated

TURTLE = """@prefix cptpp: <https://w3id.org/cptpp-graph/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix schema: <http://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cptpp="https://w3id.org/cptpp-graph/ns#">'
BARE = {"id": "a", "kind": "principal"}


def principal(body: str) -> str:
    return f'{TURTLE}_:a a cptpp:PrincipalCase ; dcterms:identifier "a" {body}'


def with_(**more: Any) -> str:
    return json.dumps({**BARE, **more})


def linked(*contexts: Any, **more: Any) -> str:
    return json.dumps({"@context": [ADDRESS, *contexts], **BARE, **more})


def offer(**more: Any) -> str:
    return with_(offer=more)


def education(years: str) -> str:
    return principal(f"; cptpp:education [ cptpp:yearsOfStudy {years} ] .")


def table(column: str, cell: str) -> str:
    return f"id,kind,{column}\na,principal,{cell}\n"


def yaml_offer(field: str) -> str:
    return f"id: a\nkind: principal\noffer:\n  {field}\n"


# What is wrong: suffix, content, what the first line names beside the file, what the second names.
WRONG: dict[str, tuple[str, str | bytes, list[str], str]] = {
    "unknown key": ("json", with_(ofer={}), ["'a'", "'ofer'"], "Did you mean offer?"),
    "unknown key in a group": ("json", offer(rolle="worker"), ["'offer.rolle'"], "Did you mean role"),
    "unknown key in YAML": ("yaml", yaml_offer("rolle: worker"), ["'offer.rolle'"], "Did you mean role"),
    "unknown column": ("csv", table("offer.rolle", "worker"), [":1", "'offer.rolle'"], "Did you mean offer.role"),
    "unknown column, empty": ("csv", table("offer.rolle", ""), [":1", "'offer.rolle'"], "Did you mean offer.role"),
    "columns divided by ;": ("csv", "id;kind\na;principal\n", [":1", "not divided by commas"], "commas"),
    "unknown property": ("ttl", principal("; cptpp:offfer [] ."), ["'a'", "cptpp:offfer"], "Did you mean cptpp:offer"),
    "unknown property in a group": (
        "ttl",
        principal('; cptpp:offer [ cptpp:rolle "worker" ] .'),
        ["offer", "cptpp:rolle"],
        "Did you mean cptpp:role",
    ),
    "unknown key in JSON-LD": ("jsonld", linked(ofer={}), ["'a'", "ofer"], ""),
    "unknown key in JSON-LD by address": ("jsonld", json.dumps({"@context": ADDRESS, **BARE, "ofer": {}}), ["'ofer'"], "offer?"),
    "context forgotten in JSON-LD": (
        "jsonld",
        linked(offer={"@context": None, "role": "worker"}),
        ["'a': offer.@context"],
        "@list",
    ),
    "vocabulary forgotten in JSON-LD": ("jsonld", linked({"@vocab": None}, ofer={}), ["'@vocab'"], "addresses"),
    "merge key of YAML": ("yaml", "id: a\nkind: principal\n<<: {category: professional}\n", ["'<<'"], ""),
    "no kind": ("json", '{"id": "a"}', ["kind is missing"], "principal, spouse"),
    "another kind": ("json", '{"id": "a", "kind": "princpal"}', ["'princpal'"], "principal, spouse"),
    "kind of another type": ("json", '{"id": "a", "kind": ["principal"]}', ["kind"], "principal, spouse"),
    "no id": ("json", '{"kind": "principal"}', ["id is missing"], "a text"),
    "id of another type": ("json", '{"id": 7, "kind": "principal"}', ["id is '7'"], "a text"),
    "blank id": ("json", '{"id": " ", "kind": "principal"}', ["id is ' '"], "a text"),
    "escape sequence in the id": ("json", '{"id": "a\\u001b[31m", "kind": "principal"}', ["id is"], "a text"),
    "escape sequence in the id in Turtle": (
        "ttl",
        TURTLE + r'_:a a cptpp:PrincipalCase ; dcterms:identifier "a\u001B[31m" .',
        ["id is"],
        "a text",
    ),
    "half a character": ("json", '{"id": "a\\ud800", "kind": "principal"}', ["id is"], "a text"),
    "text for a truth value": ("json", offer(energySector="true"), ["'a': offer.energySector is 'true'"], "true or false"),
    "number for a truth value": ("json", offer(energySector=1), ["offer.energySector is '1'"], "true or false"),
    "truth value for a number": ("json", offer(durationMonths=True), ["offer.durationMonths is true"], "a whole number"),
    "text for a number": ("json", offer(durationMonths="12"), ["offer.durationMonths is '12'"], "a whole number"),
    "part of a month": ("json", offer(durationMonths=12.5), ["offer.durationMonths is '12.5'"], "a whole number"),
    "a list for a truth value": ("json", offer(energySector=[True]), ["offer.energySector is a list"], "true or false"),
    "a group for a code": ("json", offer(role={}), ["offer.role is a group"], "worker"),
    "a text for a group": ("json", with_(offer="x"), ["offer is 'x'"], "a group"),
    "a list for a group": ("json", with_(offer=[]), ["offer is a list"], "a group"),
    "null in a list": ("json", with_(applicant={"citizenship": [None]}), ["applicant.citizenship"], "a country"),
    "null in a list in JSON-LD": ("jsonld", linked(applicant={"permanentResidence": [None]}), ["a list holds"], "values"),
    "keyword in a list in JSON-LD": (
        "jsonld",
        linked(offer={"occupation": ["@none"]}),
        ["'a': offer.occupation: '@none' names nothing"],
        "address",
    ),
    "a word no code is": ("json", with_(category="profesional"), ["category is 'profesional'"], "Did you mean professional?"),
    "a code in capitals": ("json", with_(category="Professional"), ["category is 'Professional'"], "professional"),
    "a code with a space": ("json", with_(category="professional "), ["category is 'professional '"], "professional"),
    "a country no one knows": ("json", with_(applicant={"citizenship": ["Japn"]}), ["citizenship", "'Japn'"], "JPN"),
    "a province no one knows": ("json", offer(province="Ontaro"), ["offer.province", "'Ontaro'"], "ON"),
    "a currency in small letters": ("json", offer(wage={"currency": "cad"}), ["offer.wage.currency is 'cad'"], "Expected"),
    "negative years": ("json", with_(education={"yearsOfStudy": -1}), ["education.yearsOfStudy is '-1'"], "0 to 30"),
    "too many years": ("json", with_(education={"yearsOfStudy": 30.5}), ["education.yearsOfStudy is '30.5'"], "0 to 30"),
    "no month": ("json", offer(durationMonths=0), ["offer.durationMonths is '0'"], "1 to 600"),
    "NaN": ("json", '{"id": "a", "kind": "principal", "education": {"yearsOfStudy": NaN}}', ["NaN"], ""),
    "Infinity": ("json", '{"id": "a", "kind": "principal", "education": {"yearsOfStudy": -Infinity}}', ["Infinity"], ""),
    "huge number": ("json", offer(durationMonths=10**30), ["offer.durationMonths"], "a whole number"),
    "very huge number": ("json", offer(durationMonths=10**4000), ["too many digits"], ""),
    "huge exponent": ("json", '{"id": "a", "kind": "principal", "education": {"yearsOfStudy": 1e400}}', ["'1E+400'"], "0 to 30"),
    "very huge exponent": ("json", '{"id": "a", "kind": "principal", "education": {"yearsOfStudy": 1e99999999999}}', ["1e9"], ""),
    "tiny exponent": ("json", '{"id": "a", "kind": "principal", "education": {"yearsOfStudy": 1e-99999999999}}', ["1e-9"], ""),
    "huge exponent in JSON-LD": (
        "jsonld",
        linked().replace("}", ', "education": {"yearsOfStudy": 1e400}}'),
        ["1E+400"],
        "digits",
    ),
    "more digits than JSON-LD keeps": (
        "jsonld",
        linked().replace("}", ', "education": {"yearsOfStudy": 1.99999999999999999999}}'),
        ["1.99999999999999999999"],
        "digits",
    ),
    "two values in JSON-LD": ("jsonld", linked(offer={"role": ["worker", "contractor"]}), ["offer.role has 2 values"], "one"),
    "two values in Turtle": (
        "ttl",
        principal('; cptpp:offer [ cptpp:role "worker", "contractor" ] .'),
        ["offer.role has 2"],
        "one",
    ),
    "one value twice over": ("ttl", education('"4"^^xsd:integer, "04"^^xsd:integer'), ["yearsOfStudy has 2 values"], "one"),
    "two ids": ("ttl", principal('; dcterms:identifier "b" .'), ["id has 2 values"], "one"),
    "doubled key": ("json", '{"id": "a", "id": "b", "kind": "principal"}', ["'id' stands twice"], ""),
    "doubled key in NDJSON": ("ndjson", f'{json.dumps(BARE)}\n{{"id": "b", "id": "b"}}', [":2", "'id' stands twice"], ""),
    "doubled key in YAML": ("yaml", "id: a\nkind: principal\nid: b\n", [":3", "'id' stands twice"], ""),
    "doubled column": ("csv", "id,kind,kind\na,principal,spouse\n", [":1", "'kind' stands twice"], ""),
    "one country twice": (
        "json",
        with_(applicant={"citizenship": ["AUS", "Australia"]}),
        ["citizenship lists a value twice"],
        "",
    ),
    "eleven countries": ("json", with_(applicant={"citizenship": ["AUS"] * 11}), ["citizenship lists 11 values"], "10"),
    "two cases under one id": ("json", json.dumps([BARE, BARE]), ["case 2", "'a'", "case 1"], "its own id"),
    "two cases under one id in CSV": ("csv", "id,kind\na,principal\na,spouse\n", [":3", "'a'", ":2"], "its own id"),
    "no day": ("json", with_(receivedOn="2022-02-30"), ["receivedOn", "'2022-02-30' is not a date"], "YYYY-MM-DD"),
    "a time of day": ("json", with_(receivedOn="2022-11-16T00:00:00Z"), ["receivedOn", "T00:00:00Z"], "YYYY-MM-DD"),
    "a time zone": ("json", with_(receivedOn="2022-11-16+01:00"), ["receivedOn", "+01:00"], "YYYY-MM-DD"),
    "a date without dashes": ("json", with_(receivedOn="20221116"), ["receivedOn", "'20221116'"], "YYYY-MM-DD"),
    "a time of day in YAML": ("yaml", "id: a\nkind: principal\nreceivedOn: 2022-11-16 00:00:00\n", ["receivedOn"], "YYYY-MM-DD"),
    "no day in Turtle": ("ttl", principal('; cptpp:receivedOn "2022-02-30"^^xsd:date .'), ["receivedOn"], "YYYY-MM-DD"),
    "a time zone in Turtle": ("ttl", principal('; cptpp:receivedOn "2022-11-16Z"^^xsd:date .'), ["receivedOn"], "YYYY-MM-DD"),
    "a moment in Turtle": ("ttl", principal('; cptpp:receivedOn "2022-11-16T00:00:00"^^xsd:dateTime .'), ["receivedOn"], ""),
    "a date as text in Turtle": ("ttl", principal('; cptpp:receivedOn "2022-11-16" .'), ["receivedOn", "xsd:string"], ""),
    "a code without its zero": ("json", offer(occupation=["noc2021:0010"]), ["occupation", "5 digits"], "zeros"),
    "a code of the other edition": ("json", offer(occupation=["noc2016:21300"]), ["occupation", "4 digits"], ""),
    "a code of three digits": ("json", offer(occupation=["noc2016:131"]), ["occupation", "'noc2016:131'"], "zeros"),
    "a code as a number": ("json", offer(occupation=[21300]), ["occupation is '21300'"], "noc2021:21300"),
    "a code that does not exist": ("json", offer(occupation=["noc2021:99999"]), ["'noc2021:99999'"], "find"),
    "a code without edition": ("json", offer(occupation=["21300"]), ["'21300'"], "noc2021"),
    "a code in other digits": ("json", offer(occupation=["noc2021:２１３００"]), ["occupation"], "noc2021"),
    "two codes of one edition": ("json", offer(occupation=["noc2021:21300", "noc2021:21301"]), ["two codes"], "one code"),
    "octal in YAML": ("yaml", yaml_offer("durationMonths: 014"), ["offer.durationMonths is '014'"], "a whole number"),
    "octal of YAML 1.2": ("yaml", yaml_offer("durationMonths: 0o14"), ["offer.durationMonths is '0o14'"], "a whole number"),
    "sixties of YAML": ("yaml", yaml_offer("durationMonths: 1:30"), ["offer.durationMonths is '1:30'"], "a whole number"),
    "NO is no truth value": ("yaml", yaml_offer("energySector: NO"), ["offer.energySector is 'NO'"], "true or false"),
    "alias of YAML": ("yaml", "id: &x a\nkind: *x\n", [":2", "aliases"], ""),
    "tag of YAML": (
        "yaml",
        'id: !!python/object/apply:os.system ["true"]\nkind: principal\n',
        [":1", "the tag", "not read"],
        "without a tag",
    ),
    "escape sequence as a key in YAML": ("yaml", 'id: a\n"\\e[31m": b\n"\\e[31m": c\n', ["stands twice"], ""),
    "decimal comma": ("csv", table("education.yearsOfStudy", '"1,5"'), [":2", "yearsOfStudy is '1,5'"], "a number"),
    "leading zero": ("csv", table("offer.durationMonths", "04"), [":2", "durationMonths is '04'"], "a whole number"),
    "a list of nothing": ("csv", table("applicant.citizenship", ";"), [":2", "citizenship"], ""),
    "a cell too many": ("csv", "id,kind\na,principal,x\n", [":2", "3 cells"], ""),
    "UTF-16": ("json", with_().encode("utf-16"), ["not UTF-8"], "UTF-8"),
    "UTF-16 without a mark": ("json", with_().encode("utf-16-le"), [":1", "U+0000"], "UTF-8"),
    "Latin-1": ("json", '{"id": "é", "kind": "principal"}'.encode("latin-1"), ["not UTF-8"], "UTF-8"),
    "UTF-16 in XML": ("rdf", (RDF + "</rdf:RDF>").encode("utf-16"), ["not UTF-8"], "UTF-8"),
    "no object": ("json", '["a"]', ["case 1", "the value 'a'"], '"id"'),
    "empty list": ("json", "[]", ["no case"], ""),
    "head of a table only": ("csv", "id,kind\n", ["no case"], "header"),
    "plain keys without a context": ("jsonld", with_(), ["'a': id: unknown field"], ADDRESS),
    "deep JSON": ("json", "[" * 100_000, ["deeper than 32"], ""),
    "deep objects": ("ndjson", '{"a":' * 100_000, ["deeper than 32"], ""),
    "deep JSON-LD": ("jsonld", '{"@graph":[' * 50_000, ["deeper than 32"], ""),
    "deep YAML": ("yaml", "[" * 1_200, [":1", "deeper than 32"], ""),
    "deep Turtle": ("ttl", principal(";" + " cptpp:offer [" * 4_000 + "]" * 4_000 + " ."), ["offer states cptpp:offer"], ""),
    "deep lists": ("ttl", principal("; cptpp:offer " + "(" * 4_000 + ")" * 4_000 + " ."), ["offer states rdf:first"], ""),
    "deep XML": ("rdf", RDF + "<cptpp:A><cptpp:b>" * 3_000 + "</cptpp:b></cptpp:A>" * 3_000 + "</rdf:RDF>", ["deeper than"], ""),
    "document type": ("rdf", '<!DOCTYPE x [<!ENTITY a "b">]>' + RDF + "</rdf:RDF>", ["document type"], "DOCTYPE"),
    "context from elsewhere": (
        "jsonld",
        json.dumps({"@context": "https://example.org/c", **BARE}),
        ["'https://example.org/c'"],
        ADDRESS,
    ),
    "context from elsewhere, deep": ("jsonld", linked(offer={"@context": "file:///etc/passwd"}), ["offer.@context"], "@context"),
    "context imported": ("jsonld", linked({"@import": "https://example.org/c"}), ["@import"], "addresses"),
    "a context that gives another meaning": ("jsonld", linked({"category": "cptpp:role"}), ["'category'", "meaning"], ADDRESS),
    "a keyword that is not read": ("jsonld", linked({}, offer={"@set": []}), ["'a': offer.@set"], "@list"),
    "an empty list of one value": ("jsonld", linked({}, category=[]), ["'a': category: an empty list"], "@list"),
    "an address that is none": ("jsonld", linked({}, offer={"@id": "a b"}), ["'a': offer.@id: 'a b' names nothing"], "spaces"),
    "a value beside the cases": ("jsonld", json.dumps({"@context": [ADDRESS], "@graph": [BARE, "x"]}), ["'x' belongs"], "field"),
    "a language that is none": (
        "jsonld",
        linked({}, category={"@value": "x", "@language": "x y"}),
        ["3 statements are written there, 2 can be read"],
        "RDF",
    ),
    "a misspelt parseType": (
        "rdf",
        f'{RDF}<cptpp:PrincipalCase><cptpp:offer rdf:parseType="resource"/></cptpp:PrincipalCase></rdf:RDF>',
        [":1", "parseType='resource'"],
        "Resource",
    ),
    "an attribute of XML": ("rdf", f'{RDF}<cptpp:PrincipalCase cptpp:role="x"/></rdf:RDF>', [":1", "'role'"], "element"),
    "a text that runs on": ("yaml", yaml_offer("jobTitle: x\n    role:worker"), [":4", "goes on over lines"], "indent"),
    "a mark that hides": ("ttl", principal(".\n# \u2028 _:a cptpp:role 'worker' ."), [":7", "U+2028"], "Take it out"),
    "a country by a name in an address": (
        "ttl",
        principal("; cptpp:applicant [ cptpp:citizenship <https://w3id.org/cptpp-graph/id/party/Australia> ] ."),
        ["applicant.citizenship is id:party/Australia"],
        "a country",
    ),
    "an address as long as a page": (
        "ttl",
        principal(f"; <http://example.org/{'x' * 9_000}> 1 ."),
        ["states http://exam", "…x"],
        "",
    ),
    "statement on a Party": (
        "ttl",
        principal('. <https://w3id.org/cptpp-graph/id/party/AUS> cptpp:earliestInForce "2000-01-01"^^xsd:date .'),
        ["id:party/AUS", "cptpp:earliestInForce"],
        "its own fields",
    ),
    "statement on a rule": (
        "ttl",
        principal(". <https://w3id.org/cptpp-graph/id/ircc/offer> cptpp:minimumYearsOfStudy 0 ."),
        ["id:ircc/offer"],
        "own fields",
    ),
    "rule stated on the case": ("ttl", principal("; cptpp:minimumYearsOfStudy 0 ."), ["'a'", "cptpp:minimumYearsOfStudy"], ""),
    "verdict stated on the case": (
        "ttl",
        principal("; cptpp:admittedBy <https://w3id.org/cptpp-graph/id/ircc/nationality> ."),
        ["cptpp:admittedBy"],
        "",
    ),
    "statement on a class": ("ttl", principal(". cptpp:PrincipalCase a cptpp:Party ."), ["cptpp:PrincipalCase"], "own fields"),
    "statement on a Party in JSON-LD": (
        "jsonld",
        json.dumps({"@context": CONTEXT, "@graph": [BARE, {"@id": "cptpp:x", "cptpp:earliestInForce": "2000-01-01"}]}),
        ["cptpp:earliestInForce"],
        "own fields",
    ),
    "two kinds": ("ttl", principal(". _:a a cptpp:SpouseCase ."), ["'a' has 2 types"], "cptpp:PrincipalCase or cptpp:SpouseCase"),
    "a type too many": ("ttl", principal(". _:a a cptpp:Party ."), ["'a' has 2 types"], "one"),
    "a type on a group": ("ttl", principal("; cptpp:offer [ a schema:Offer ] ."), ["offer states rdf:type"], ""),
    "a type as text": ("ttl", '_:a a "https://w3id.org/cptpp-graph/ns#PrincipalCase" .', ["no case"], "cptpp:PrincipalCase"),
    "a group of two cases": (
        "ttl",
        principal(
            '; cptpp:offer _:o . _:o cptpp:role "worker" . _:b a cptpp:PrincipalCase ; dcterms:identifier "b" ; cptpp:offer _:o .'
        ),
        ["offer", "something else already"],
        "a node of its own",
    ),
    "a case as a group": (
        "ttl",
        principal('; cptpp:offer _:b . _:b a cptpp:PrincipalCase ; dcterms:identifier "b" ; cptpp:role "worker" .'),
        ["offer", "something else already"],
        "a node of its own",
    ),
    "a case in itself": ("ttl", principal("; cptpp:offer _:a ."), ["offer", "something else already"], "a node of its own"),
    "a group in itself": ("ttl", principal("; cptpp:offer _:o . _:o cptpp:wage _:o ."), ["offer.wage", "already"], ""),
    "one node for two groups": ("ttl", principal("; cptpp:offer _:o ; cptpp:education _:o ."), ["education", "already"], ""),
    "a named group of nothing": (
        "ttl",
        principal("; cptpp:offer <https://w3id.org/cptpp-graph/id/party/AUS> ."),
        ["id:party/AUS", "nothing is stated"],
        "",
    ),
    "a value for a group": ("ttl", principal('; cptpp:offer "x" .'), ["offer is a value"], "a node"),
    "cyclic list": (
        "ttl",
        principal('; cptpp:applicant [ cptpp:citizenship _:l ] . _:l rdf:first "AUS" ; rdf:rest _:l .'),
        ["applicant.citizenship is not a well-formed list"],
        "( … )",
    ),
    "list cut off": (
        "nt",
        "_:a <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/cptpp-graph/ns#PrincipalCase> .\n"
        '_:a <http://purl.org/dc/terms/identifier> "a" .\n'
        "_:a <https://w3id.org/cptpp-graph/ns#applicant> _:b .\n"
        "_:b <https://w3id.org/cptpp-graph/ns#citizenship> _:l .\n"
        '_:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> "AUS" .\n'
        "_:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:m .\n",
        ["applicant.citizenship is not a well-formed list"],
        "( … )",
    ),
    "list with two heads": (
        "ttl",
        principal('; cptpp:applicant [ cptpp:citizenship _:l ] . _:l rdf:first "AUS", "JPN" ; rdf:rest () .'),
        ["applicant.citizenship is not a well-formed list"],
        "( … )",
    ),
    "list of two fields": (
        "ttl",
        principal(
            '; cptpp:applicant [ cptpp:citizenship _:l ; cptpp:permanentResidence _:l ] . _:l rdf:first "AUS" ; rdf:rest () .'
        ),
        ["applicant.permanentResidence"],
        "a country",
    ),
    "ill-typed number": ("ttl", education('"abc"^^xsd:integer'), ["education.yearsOfStudy is 'abc'"], "a number"),
    "ill-typed whole number": ("ttl", education('"2.5"^^xsd:integer'), ["education.yearsOfStudy is '2.5'"], "a number"),
    "ill-typed decimal": ("ttl", education('"1e1"^^xsd:decimal'), ["education.yearsOfStudy is '1e1'"], "a number"),
    "NaN in Turtle": ("ttl", education('"NaN"^^xsd:double'), ["education.yearsOfStudy is 'NaN'"], "a number"),
    "huge exponent in Turtle": ("ttl", education("1e999"), ["education.yearsOfStudy is '1e999'"], "a number"),
    "huge number in Turtle": ("ttl", education("9" * 5_000), ["education.yearsOfStudy"], "a number"),
    "number as text in Turtle": ("ttl", education('"4"'), ["education.yearsOfStudy is '4'"], "a number"),
    "number in a language": ("ttl", education('"4"@en'), ["education.yearsOfStudy is '4'"], "a number"),
    "ill-typed truth value": (
        "ttl",
        principal('; cptpp:offer [ cptpp:energySector "yes"^^xsd:boolean ] .'),
        ["energySector"],
        "true",
    ),
    "an address for a text": (
        "ttl",
        principal("; cptpp:offer [ cptpp:jobTitle cptpp:x ] ."),
        ["offer.jobTitle is cptpp:x"],
        "a text",
    ),
    "a term for a word": (
        "ttl",
        principal("; cptpp:offer [ cptpp:role cptpp:worker ] ."),
        ["offer.role is cptpp:worker"],
        "worker",
    ),
    "a word for a term": ("ttl", principal('; cptpp:category "professional" .'), ["category is 'professional'"], "professional"),
    "text in a language": ("ttl", principal('; cptpp:offer [ cptpp:jobTitle "x"@en ] .'), ["offer.jobTitle"], "a text"),
    "an escape sequence in broken Turtle": ("ttl", "<http://a> \x1b[31m", [":1"], ""),
}

for suffix, content in dict(forms(stated(CASES[0])).values()).items():
    broken = content.rstrip() + b' "' if suffix in ("yaml", "csv") else content[:-40]
    WRONG |= {f"{suffix} cut off": (suffix, broken, [], ""), f"{suffix} empty": (suffix, b"", [], "")}
    WRONG[f"{suffix} blank"] = (suffix, b" \n\n ", [], "")

# Of those in Turtle, what no shape sees: nodes used twice, the members of lists, nodes beside the case, what rdflib lets pass.
UNSEEN = (
    *("cyclic list", "list with two heads", "list of two fields", "deep lists", "deep Turtle", "number in a language"),
    *("a group of two cases", "a case in itself", "one node for two groups", "a named group of nothing"),
    *("statement on a Party", "statement on a rule", "statement on a class", "a type too many", "a type on a group"),
    *(
        "huge number in Turtle",
        "two kinds",
        "a type as text",
        "one value twice over",
        "escape sequence in the id in Turtle",
        "a time zone in Turtle",
    ),
    *("an escape sequence in broken Turtle", "ttl cut off", "ttl empty", "ttl blank"),
    *("ill-typed whole number", "ill-typed decimal", "a mark that hides", "a country by a name in an address"),
)
