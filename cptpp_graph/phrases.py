"""What the software itself says, in both languages; what the law, the lists and the shapes say stands with them."""

from __future__ import annotations

from .terms import COLON

PHRASES: dict[str, dict[str, str]] = {
    "approval": {"en": "Fields on approval (GCMS)", "fr": "Champs à remplir en cas d’approbation (SMGC)"},
    "as": {"en": "as", "fr": "comme"},
    "ask": {"en": "Open questions", "fr": "Questions en suspens"},
    "ask-done": {
        "en": "There is nothing left to ask; what is not known could still change the outcome.",
        "fr": "Il ne reste rien à demander; ce qui n’est pas connu pourrait encore changer l’issue.",
    },
    "ask-settled": {"en": "No answer can change the outcome any more.", "fr": "Aucune réponse ne peut plus changer l’issue."},
    "ask-why": {"en": "why", "fr": "pourquoi"},
    "asof": {"en": "as of", "fr": "au"},
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
    "plan-anything-but": {"en": "anything but {value}", "fr": "toute autre valeur que {value}"},
    "plan-as-far": {
        "en": "as far as facts can lead; it would not be settled.",
        "fr": "le plus loin où mènent les faits; ce ne serait pas réglé.",
    },
    "plan-as-stated": {
        "en": "As stated{colon}{outcome}; rulebook {rulebook}.",
        "fr": "Tel que déclaré{colon}{outcome}; recueil {rulebook}.",
    },
    "plan-bound": {
        "en": "Looked at: every set of changes, at most {most} facts for one requirement, drawn from the values that the rules"
        " name (tests, thresholds, days on which rules change, groups of the same minor group or paired by the concordance)."
        " What cannot be changed is tried with the category, day and code as stated, and with other changes only where"
        " nothing else is enough.",
        "fr": "Examiné{colon}tous les ensembles de changements, au plus {most} faits par exigence, tirés des valeurs que les"
        " règles nomment (vérifications, seuils, jours où les règles changent, groupes du même groupe intermédiaire ou appariés"
        " par la concordance). Ce qui ne peut être changé est essayé avec la catégorie, le jour et le code déclarés, et avec"
        " d’autres changements seulement si rien d’autre ne suffit.",
    },
    "plan-for": {"en": "; for{colon}{what}", "fr": "; pour{colon}{what}"},
    "plan-found": {
        "en": "It would qualify if one of the following were so and were shown, the least costly first.",
        "fr": "Il serait admissible si l’un des ensembles suivants était vrai et établi, le moins coûteux d’abord.",
    },
    "plan-found-part": {
        "en": "No change of facts was found by which it would qualify. These lead as far as facts can; others then decide.",
        "fr": "Aucun changement des faits qui le rende admissible n’a été trouvé. Voici jusqu’où mènent les faits;"
        " d’autres décident ensuite.",
    },
    "plan-honest": {
        "en": "Each line says what would have to be true. State only what is so.",
        "fr": "Chaque ligne dit ce qui devrait être vrai. Ne déclarez que ce qui est.",
    },
    "plan-least": {"en": "{value} (the least that is enough)", "fr": "{value} (le minimum qui suffit)"},
    "plan-first-day": {"en": "{value} (the first day on which it is enough)", "fr": "{value} (le premier jour qui suffit)"},
    "plan-more": {
        "en": "{count} costlier ways are not shown.",
        "fr": "{count} possibilités plus coûteuses ne sont pas montrées.",
    },
    "plan-nothing-found": {
        "en": "Within these bounds no change of facts was found by which it would qualify.",
        "fr": "Dans ces limites, aucun changement des faits qui le rende admissible n’a été trouvé.",
    },
    "plan-nothing-needed": {
        "en": "It qualifies as stated; nothing has to change.",
        "fr": "Il est admissible tel que déclaré; rien n’a à changer.",
    },
    "plan-or": {"en": "or", "fr": "ou"},
    "plan-remains": {"en": "Open then{colon}{what}.", "fr": "Resterait en suspens{colon}{what}."},
    "plan-open": {"en": "Open{colon}{what}.", "fr": "En suspens{colon}{what}."},
    "plan-stated": {"en": "stated now{colon}{value}", "fr": "déclaré{colon}{value}"},
    "plan-title": {"en": "WHAT WOULD LET IT QUALIFY", "fr": "CE QUI LE RENDRAIT ADMISSIBLE"},
    "plan-unstated": {
        "en": "not stated now; state and show it if it is so",
        "fr": "non déclaré; à déclarer et à établir si c’est le cas",
    },
    "plan-would-qualify": {"en": "it would qualify", "fr": "il serait admissible"},
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
