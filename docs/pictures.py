"""The pictures of README and the explanations, in English and French."""

from __future__ import annotations

from collections.abc import Iterator

from drawing import Node, picture

DEEP, TEAL, GREEN, PLUM, BROWN = "#14425c", "#1f6f8b", "#4a7c59", "#7b3f6e", "#7a5200"
Box = tuple[float, float, str, str, str]


def drawn() -> dict[str, str]:
    """The name of each file, with what belongs into it."""
    return {f"images/{name}.{lang}.svg": content for lang in ("en", "fr") for name, content in _all(lang)}


def _all(lang: str) -> Iterator[tuple[str, str]]:
    side = 0 if lang == "en" else 1
    for name, (titles, boxes, arrows) in PICTURES.items():
        nodes = {
            key: Node(column, row, tuple(words[side].split("|")), fill) for key, (column, row, fill, *words) in boxes.items()
        }
        said = [(start, end, labels[side]) for start, end, *labels in arrows]
        yield name, picture(nodes, said, titles[side])


PICTURES: dict[str, tuple[tuple[str, str], dict[str, tuple], list[tuple]]] = {
    "overview": (
        ("From published pages to answers with their sources", "Des pages publiées aux réponses avec leurs sources"),
        {
            "pages": (
                0,
                0,
                DEEP,
                "Published pages|IRCC 2023 and 2024,|a law firm, treaty status",
                "Pages publiées|IRCC 2023 et 2024,|un cabinet, état du traité",
            ),
            "noc": (
                0,
                1,
                DEEP,
                "Classification|NOC 2016 and 2021,|official concordance",
                "Classification|CNP 2016 et 2021,|concordance officielle",
            ),
            "graph": (
                1,
                0.5,
                TEAL,
                "Knowledge graph|one named graph a source,|each item with its line",
                "Graphe de connaissances|un graphe nommé par source,|chaque élément avec sa ligne",
            ),
            "case": (
                1,
                1.5,
                BROWN,
                "A case|what is known of one|applicant or spouse",
                "Un dossier|ce qu’on sait d’un demandeur|ou d’un conjoint",
            ),
            "ask": (
                2,
                0,
                GREEN,
                "Questions|named ones, SPARQL,|tables, a server",
                "Questions|nommées, SPARQL,|tableaux, un serveur",
            ),
            "judge": (
                2,
                1,
                PLUM,
                "SHACL shapes|one requirement each,|any engine runs them",
                "Formes SHACL|une exigence chacune,|tout moteur les exécute",
            ),
            "finding": (
                3,
                0.5,
                GREEN,
                "Answers|met, not met or open,|with source and line",
                "Réponses|remplie, non remplie ou|en suspens, avec la ligne",
            ),
        },
        [
            ("pages", "graph", "", ""),
            ("noc", "graph", "", ""),
            ("graph", "ask", "", ""),
            ("graph", "judge", "", ""),
            ("case", "judge", "", ""),
            ("ask", "finding", "", ""),
            ("judge", "finding", "", ""),
        ],
    ),
    "model": (
        ("What a source prints, and what follows", "Ce qu’imprime une source, et ce qui en découle"),
        {
            "source": (0, 0, DEEP, "Source|a version of a document", "Source|version d’un document"),
            "schedule": (1, 0, TEAL, "Schedule|one Party, one category", "Liste par pays|une Partie, une catégorie"),
            "party": (2, 0, DEEP, "Party|and category", "Partie|et catégorie"),
            "entry": (
                1,
                1,
                TEAL,
                "Entry|inclusion, exclusion,|exception to an exclusion",
                "Élément|inclusion, exclusion,|exception à une exclusion",
            ),
            "phrase": (1, 2, BROWN, "Phrase|as printed", "Expression|telle qu’imprimée"),
            "rule": (0, 1, TEAL, "Level rule|for one receipt window", "Règle de niveau|pour une période de réception"),
            "mapping": (
                2,
                2,
                BROWN,
                "Mapping|a curator’s, with|confidence and reason",
                "Correspondance|d’un curateur, avec|confiance et raison",
            ),
            "group": (3, 2, DEEP, "Unit group|NOC 2016 or 2021", "Groupe de base|CNP 2016 ou 2021"),
            "permission": (
                3,
                1,
                GREEN,
                "Permission|permitted, conditional|or unclear",
                "Permission|permise, conditionnelle|ou incertaine",
            ),
        },
        [
            ("schedule", "source", "in", "dans"),
            ("schedule", "party", "of", "de"),
            ("entry", "schedule", "stands in", "figure dans"),
            ("rule", "schedule", "", ""),
            ("entry", "phrase", "has", "porte"),
            ("mapping", "phrase", "from", "depuis"),
            ("mapping", "group", "to", "vers"),
            ("permission", "group", "for", "pour"),
            ("permission", "entry", "rests on", "repose sur"),
        ],
    ),
    "judging": (
        ("How a case is judged", "Comment un dossier est jugé"),
        {
            "intake": (0, 0, DEEP, "1 Intake|known fields only,|or refused", "1 Lecture|champs connus seulement,|sinon refus"),
            "claims": (1, 0, TEAL, "2 Claims|one a category|and country", "2 Demandes|une par catégorie|et pays"),
            "link": (2, 0, TEAL, "3 Link|what the rulebook says|is looked up", "3 Liens|ce que dit le recueil|est cherché"),
            "shapes": (
                2,
                1,
                PLUM,
                "4 Shapes|pySHACL compares|values of one claim",
                "4 Formes|pySHACL compare les|valeurs d’une demande",
            ),
            "verdict": (1, 1, GREEN, "5 Verdict|silence is not|compliance", "5 Verdict|le silence n’est pas|la conformité"),
            "explain": (
                0,
                1,
                GREEN,
                "6 Explanation|facts, gaps,|sources, next steps",
                "6 Explication|faits, lacunes,|sources, suite",
            ),
        },
        [
            ("intake", "claims", "", ""),
            ("claims", "link", "", ""),
            ("link", "shapes", "", ""),
            ("shapes", "verdict", "", ""),
            ("verdict", "explain", "", ""),
        ],
    ),
    "exceptions": (
        (
            "A negative list: a rule, what it excepts, and what is excepted from that",
            "Une liste négative : une règle, ce qu’elle excepte, et ce qui est excepté de cela",
        ),
        {
            "all": (
                0,
                0,
                GREEN,
                "All professionals|of the stated levels|are admitted",
                "Tous les professionnels|des niveaux indiqués|sont admis",
            ),
            "out": (
                1,
                0,
                PLUM,
                "Exclusion|judges, lawyers|and notaries are not",
                "Exclusion|juges, avocats et|notaires ne le sont pas",
            ),
            "back": (
                2,
                0,
                GREEN,
                "Readmission|foreign legal consultants|are after all",
                "Réadmission|les consultants juridiques|étrangers le sont",
            ),
            "code": (
                1,
                1,
                BROWN,
                "NOC 41101|holds all three: the|function decides",
                "CNP 41101|tient les trois : la|fonction tranche",
            ),
        },
        [
            ("all", "out", "except", "sauf"),
            ("out", "back", "unless", "à moins"),
            ("code", "out", "", ""),
            ("code", "back", "", ""),
        ],
    ),
}
