"""What the software itself says, in both languages; what the law, the lists and the shapes say stands with them."""

from __future__ import annotations

from .terms import COLON

PHRASES: dict[str, dict[str, str]] = {
    "approval": {"en": "Fields on approval (GCMS)", "fr": "Champs à remplir en cas d’approbation (SMGC)"},
    "as": {"en": "as", "fr": "comme"},
    "ask": {"en": "Open questions", "fr": "Questions en suspens"},
    "asof": {"en": "as of", "fr": "au"},
    "bearing-differs": {
        "en": "the rulebooks find differently on{colon}{what}",
        "fr": "les recueils concluent différemment sur{colon}{what}",
    },
    "bearing-elsewhere": {
        "en": "it touches no place that can bear on this case",
        "fr": "il ne touche aucun passage qui puisse concerner ce dossier",
    },
    "bearing-nobody": {
        "en": "whose lists count is not stated (citizenship)",
        "fr": "on ne sait quelles listes comptent (citoyenneté non déclarée)",
    },
    "bearing-not-asked": {"en": "not asked of this applicant{colon}{what}", "fr": "non exigé de ce demandeur{colon}{what}"},
    "bearing-not-judged": {
        "en": "it touches nothing on which a finding rests",
        "fr": "il ne touche rien sur quoi repose une constatation",
    },
    "bearing-one-reading": {
        "en": "it touches what this rests on, and one reading only has been judged{colon}{what}",
        "fr": "il touche ce sur quoi ceci repose, et une seule lecture a été examinée{colon}{what}",
    },
    "bearing-open": {
        "en": "left open, and it touches what this rests on{colon}{what}",
        "fr": "laissé en suspens, et il touche ce sur quoi ceci repose{colon}{what}",
    },
    "bearing-same": {
        "en": "the finding is the same under every rulebook{colon}{what}",
        "fr": "la constatation est la même selon chaque recueil{colon}{what}",
    },
    "bearing-turns": {
        "en": "what the list says of this occupation turns on it",
        "fr": "ce que la liste dit de cette profession en dépend",
    },
    "bearing-wanting": {
        "en": "the finding is still open, so that facts may yet make it differ{colon}{what}",
        "fr": "la constatation reste en suspens, des faits peuvent encore la faire différer{colon}{what}",
    },
    "candidates": {"en": "Candidates{colon}{groups}.", "fr": "Groupes possibles{colon}{groups}."},
    "case": {"en": "Case", "fr": "Dossier"},
    "cases": {"en": "{count} cases", "fr": "{count} dossiers"},
    "citizenship": {"en": "through citizenship of {country}", "fr": "au titre de la citoyenneté ({country})"},
    "concluded": {"en": "How concluded", "fr": "Raisonnement"},
    "criterion": {"en": "Criterion not met", "fr": "Critère non rempli"},
    "depends-on": {"en": "Depends on{colon}{label}.", "fr": "Dépend de{colon}{label}."},
    "differs": {"en": "Differs on", "fr": "Diffère sur"},
    "disclaimer": {
        "en": "This reads published guidance, decides nothing and is not legal advice.",
        "fr": "Ce rapport lit des instructions publiées; il ne décide rien et n’est pas un avis juridique.",
    },
    "documents": {"en": "Documents to present", "fr": "Documents à présenter"},
    "elsewhere": {"en": "Under other rulebooks", "fr": "Selon les autres recueils"},
    "facts": {"en": "Facts considered", "fr": "Faits pris en compte"},
    "entry": {"en": "Entry", "fr": "Inscription"},
    "field": {"en": "Field", "fr": "Champ"},
    "findings": {
        "en": "Findings (+ met, x not met, ? open, - not applicable)",
        "fr": "Constatations (+ remplie, x non remplie, ? en suspens, - sans objet)",
    },
    "ledger-cannot-be-told": {
        "en": "Of which it cannot be told whether they matter{colon}{count}",
        "fr": "Dont on ne peut dire s’ils importent{colon}{count}",
    },
    "ledger-disagreements": {"en": "Points of disagreement{colon}{count}", "fr": "Points de désaccord{colon}{count}"},
    "ledger-does-not-matter": {
        "en": "Which do not matter to this case{colon}{count}",
        "fr": "Sans importance pour ce dossier{colon}{count}",
    },
    "ledger-matters": {"en": "Which matter to this case{colon}{count}", "fr": "Importants pour ce dossier{colon}{count}"},
    "ledger-occupations": {"en": "Occupations that differ{colon}{count}", "fr": "Professions qui diffèrent{colon}{count}"},
    "ledger-spouses": {
        "en": "Spouses covered on one side only{colon}{count}",
        "fr": "Conjoints visés d’un seul côté{colon}{count}",
    },
    "ledger-statements": {
        "en": "Stated or counting on one side only{colon}{count}",
        "fr": "Énoncé ou applicable d’un seul côté{colon}{count}",
    },
    "line": {"en": "line {line}", "fr": "ligne {line}"},
    "meaning": {"en": "Meaning", "fr": "Sens"},
    "months": {"en": "months at most", "fr": "mois au plus"},
    "next": {"en": "Next step", "fr": "Prochaine étape"},
    "next-does-not-qualify": {
        "en": "As stated, this application fails on: {what}. Another category or permit may still be open.",
        "fr": "Telle que déclarée, la demande échoue{colon}{what}. Une autre catégorie ou un autre permis reste possible.",
    },
    "next-qualifies": {
        "en": "Gather the documents that the guidance asks for and file; an officer decides.",
        "fr": "Réunissez les documents que les instructions demandent et présentez la demande; un agent décide.",
    },
    "next-undetermined": {
        "en": "Settle the open questions, beginning with the first.",
        "fr": "Réglez les questions en suspens, en commençant par la première.",
    },
    "no-difference": {"en": "no difference", "fr": "aucune différence"},
    "no-limit": {"en": "length not known", "fr": "durée inconnue"},
    "no-month": {
        "en": "no whole month before the travel document expires",
        "fr": "aucun mois entier avant l’expiration du titre de voyage",
    },
    "not-admitted": {"en": "{group} (not admitted)", "fr": "{group} (non admis)"},
    "not-asked": {"en": "Not asked of this applicant.", "fr": "Non exigé de ce demandeur."},
    "outcome": {"en": "Outcome", "fr": "Issue"},
    "permanentResidence": {
        "en": "through permanent residence in {country}",
        "fr": "au titre de la résidence permanente ({country})",
    },
    "permit": {"en": "Permit sought", "fr": "Permis demandé"},
    "principal": {"en": "principal applicant", "fr": "demandeur principal"},
    "proves": {"en": "proves", "fr": "prouve"},
    "readings": {"en": "Every reading of the case", "fr": "Toutes les lectures du dossier"},
    "refusal": {"en": "Note on a refusal", "fr": "Note en cas de refus"},
    "rulebook": {"en": "rulebook", "fr": "recueil"},
    "settle-candidates": {
        "en": "State the code in the edition that counts on the day of receipt; choose among the candidates.",
        "fr": "Déclarez le code dans l’édition qui compte le jour de la réception; choisissez parmi les groupes possibles.",
    },
    "settle-conflicting-facts": {
        "en": "Correct the facts that contradict each other.",
        "fr": "Corrigez les faits qui se contredisent.",
    },
    "settle-imprecise": {"en": "Make more precise{colon}{fields}.", "fr": "Précisez{colon}{fields}."},
    "settle-missing-facts": {"en": "State {field}.", "fr": "Déclarez {field}."},
    "settle-officer-discretion": {"en": "The officer decides this.", "fr": "L’agent tranche."},
    "settle-sources-disagree": {"en": "Ask IRCC which day it goes by.", "fr": "Demandez à IRCC quel jour est retenu."},
    "settle-text-unclear": {
        "en": "Ask the officer or IRCC how the text is read.",
        "fr": "Demandez à l’agent ou à IRCC comment le texte est lu.",
    },
    "source": {"en": "source", "fr": "source"},
    "sources": {"en": "Sources", "fr": "Sources"},
    "spouse": {"en": "spouse", "fr": "conjoint"},
    "supposed": {
        "en": "if a permanent resident of {country} (not stated)",
        "fr": "si résident permanent ({country}; non déclaré)",
    },
    "stated": {"en": "stated", "fr": "déclaré"},
    "undated": {"en": "no day of receipt stated", "fr": "jour de réception non déclaré"},
}


def phrase(name: str, lang: str, **parts: object) -> str:
    """A phrase by its name, with its parts filled in."""
    return PHRASES[name][lang].format(colon=COLON[lang], **parts)
