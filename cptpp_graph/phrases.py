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
    "bearing-differs": {
        "en": "the rulebooks find differently on{colon}{what}",
        "fr": "les recueils concluent différemment sur{colon}{what}",
    },
    "bearing-elsewhere": {
        "en": "it touches no place that can bear on this case",
        "fr": "il ne touche aucun passage qui puisse concerner ce dossier",
    },
    "bearing-fails": {
        "en": "whatever it means, the case fails on{colon}{what}",
        "fr": "quel qu’en soit le sens, le dossier échoue sur{colon}{what}",
    },
    "bearing-nobody": {
        "en": "whose lists count is not fully stated (citizenship, permanent residence)",
        "fr": "on ne sait quelles listes comptent (citoyenneté ou résidence permanente non déclarée)",
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
    "route-not-held": {
        "en": "its conditions are not held here; whether it is open cannot be determined",
        "fr": "ses conditions ne sont pas tenues ici; on ne peut déterminer si elle est ouverte",
    },
    "route-partial": {"en": "Not known here", "fr": "Non connu ici"},
    "route-unasked": {"en": "The source does not state this requirement.", "fr": "La source n’énonce pas cette exigence."},
    "routes": {"en": "Other routes", "fr": "Autres voies"},
    "routes-note": {
        "en": "There may be another route. What is said of it goes as far as the sources at hand.",
        "fr": "Il existe peut-être une autre voie. Ce qui en est dit va aussi loin que les sources disponibles.",
    },
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

# The officer's view.
PHRASES |= {
    "as-offered": {
        "en": "Taken from the offer as the case states it; check it against the application form.",
        "fr": "Repris de l’offre telle que le dossier la déclare; à vérifier avec le formulaire de demande.",
    },
    "as-printed": {"en": "A code, to be entered as it stands.", "fr": "Code à inscrire tel quel."},
    "as-printed-mark": {"en": "as printed", "fr": "tel qu’imprimé"},
    "as-offered-mark": {"en": "as offered", "fr": "selon l’offre"},
    "agrees-mark": {"en": "agrees", "fr": "concorde"},
    "bears-on": {"en": "bears on", "fr": "vise"},
    "code-agrees": {"en": "It is that of the permit sought ({code}).", "fr": "C’est celui du permis demandé ({code})."},
    "code-differs": {"en": "The permit sought has another ({code}).", "fr": "Le permis demandé en a un autre ({code})."},
    "differs-mark": {"en": "differs", "fr": "diffère"},
    "documents-for": {"en": "documents that bear on it", "fr": "documents qui s’y rapportent"},
    "draft-closing": {
        "en": "Whether to refuse, on which grounds and in which words, is for the officer to decide on the whole file.",
        "fr": "Il revient à l’agent de décider, au vu de tout le dossier, s’il refuse, pour quels motifs et en quels termes.",
    },
    "draft-criterion": {
        "en": "{number}. Criterion not met{colon}{criterion}.",
        "fr": "{number}. Critère non rempli{colon}{criterion}.",
    },
    "draft-facts": {"en": "Facts considered{colon}{facts}.", "fr": "Faits pris en compte{colon}{facts}."},
    "draft-law": {"en": "Under{colon}{law}.", "fr": "En vertu de{colon}{law}."},
    "draft-met": {"en": "Found met{colon}{what}.", "fr": "Constatées remplies{colon}{what}."},
    "draft-no-facts": {"en": "none stated", "fr": "aucun déclaré"},
    "draft-open": {
        "en": "Left open, and not relied on for a refusal{colon}{what}.",
        "fr": "Laissées en suspens, et non retenues pour un refus{colon}{what}.",
    },
    "draft-opening": {
        "en": "Case {case}, permit sought{colon}{permit}. As stated, the requirements below are not met.",
        "fr": "Dossier {case}, permis demandé{colon}{permit}. D’après ce qui est déclaré, ces exigences ne sont pas remplies.",
    },
    "draft-reasoning": {"en": "Reasoning{colon}{concluded}.", "fr": "Raisonnement{colon}{concluded}."},
    "draft-title": {
        "en": "DRAFT for the officer’s own judgment; made from what the case states, not from the documents themselves.",
        "fr": "ÉBAUCHE soumise au jugement de l’agent; établie d’après ce que le dossier déclare et non d’après les documents.",
    },
    "length-agrees": {
        "en": "The offer ({offered} months) lasts no longer than the permit may ({most} months).",
        "fr": "L’offre ({offered} mois) ne dure pas plus longtemps que le permis ne peut durer ({most} mois).",
    },
    "length-differs": {
        "en": "The offer lasts {offered} months, the permit {most} at most.",
        "fr": "L’offre dure {offered} mois, le permis {most} au plus.",
    },
    "length-doubts": {"en": "Ambiguities that touch this{colon}{doubts}.", "fr": "Ambiguïtés qui s’y rapportent{colon}{doubts}."},
    "length-not-stated": {
        "en": "The length of the offer is not stated.",
        "fr": "La durée de l’offre n’est pas déclarée.",
    },
    "must-show": {"en": "What it must show", "fr": "Ce qu’il doit montrer"},
    "objection-mark": {"en": "a finding speaks against it", "fr": "une constatation s’y oppose"},
    "no-objection-mark": {"en": "no finding speaks against it", "fr": "aucune constatation ne s’y oppose"},
    "no-fields": {
        "en": "This rulebook prints none for this kind of case.",
        "fr": "Ce recueil n’en imprime aucun pour ce genre de dossier.",
    },
    "not-in-case": {
        "en": "A case states nothing to compare it with; take it from the offer or the file.",
        "fr": "Un dossier ne déclare rien à quoi le comparer; à prendre dans l’offre ou au dossier.",
    },
    "not-in-case-mark": {"en": "not in the case", "fr": "hors du dossier"},
    "not-stated-field": {"en": "The case does not state {field}.", "fr": "Le dossier ne déclare pas {field}."},
    "not-stated-mark": {"en": "not stated", "fr": "non déclaré"},
    "of": {"en": "of whom", "fr": "à qui"},
    "of-applicant": {"en": "the applicant", "fr": "le demandeur"},
    "of-department": {"en": "IRCC (how its text is to be read)", "fr": "IRCC (comment lire son texte)"},
    "of-employer": {"en": "the employer", "fr": "l’employeur"},
    "of-officer": {"en": "nobody; the officer decides", "fr": "personne; l’agent tranche"},
    "officer-view": {"en": "the officer’s view", "fr": "vue de l’agent"},
    "offer-review": {"en": "1. Review of the offer of employment", "fr": "1. Examen de l’offre d’emploi"},
    "assessment-part": {"en": "2. Assessment of the application", "fr": "2. Évaluation de la demande"},
    "open-mark": {"en": "open", "fr": "en suspens"},
    "recorded": {"en": "What must be recorded on a refusal", "fr": "Ce qu’un refus doit consigner"},
    "refusal-draft": {"en": "4. Note on a refusal", "fr": "4. Note de refus"},
    "requests": {
        "en": "4. What to request before deciding, and of whom",
        "fr": "4. Ce qu’il faut demander avant de décider, et à qui",
    },
    "requests-beside": {"en": "5. What is open besides", "fr": "5. Ce qui reste en suspens par ailleurs"},
    "sheet": {"en": "3. Approval sheet (GCMS)", "fr": "3. Feuille d’approbation (SMGC)"},
    "sheet-note": {"en": "To be filled in on approval only.", "fr": "À remplir seulement en cas d’approbation."},
    "standing": {"en": "Does it agree?", "fr": "Concordance"},
    "to-enter": {"en": "What belongs there", "fr": "Ce qui doit y figurer"},
}

# What limits a permit.
PHRASES |= {
    "length": {"en": "Length of the permit", "fr": "Durée du permis"},
    "limit-binds": {"en": "which binds", "fr": "qui l’emporte"},
    "limit-doubts": {"en": "ambiguous ({doubts})", "fr": "ambigu ({doubts})"},
    "limit-months": {"en": "{months} months", "fr": "{months} mois"},
    "limit-offer": {"en": "length of the offer", "fr": "durée de l’offre"},
    "limit-principal-permit": {"en": "the principal applicant’s permit", "fr": "permis du demandeur principal"},
    "limit-printed-stay": {"en": "first stay that the source prints", "fr": "premier séjour que prévoit la source"},
    "limit-requested": {"en": "asked for", "fr": "durée demandée"},
    "limit-travel-document": {"en": "expiry of the travel document", "fr": "expiration du titre de voyage"},
    "limit-unprinted": {"en": "this rulebook does not speak of it", "fr": "ce recueil n’en parle pas"},
    "limit-until": {"en": "to {day}", "fr": "jusqu’au {day}"},
    "limits": {
        "en": "What limits the permit (at most; the officer may issue a shorter one)",
        "fr": "Ce qui limite le permis (au plus; l’agent peut en délivrer un plus court)",
    },
    "span": {
        "en": "If it begins on the day of receipt, the earliest{colon}from {first} to {last} at the latest.",
        "fr": "S’il débute le jour de la réception, au plus tôt{colon}du {first} au {last} au plus tard.",
    },
}

# A household.
PHRASES |= {
    "blocked-by": {
        "en": "In the way are requirements that the principal’s case fails{colon}{what}.",
        "fr": "Font obstacle des exigences que le dossier du demandeur principal ne remplit pas{colon}{what}.",
    },
    "could-exceed": {
        "en": "Could yield more, if what is open there came out well{colon}{ways}.",
        "fr": "Pourrait donner davantage, si ce qui y est en suspens tournait bien{colon}{ways}.",
    },
    "equal": {
        "en": "As stated, these yield the same{colon}{ways}.",
        "fr": "Selon ce qui est déclaré, ces façons donnent autant{colon}{ways}.",
    },
    "hangs": {
        "en": "If the principal’s case qualifies, the spouse’s is{colon}{well}. If it fails{colon}{ill}.",
        "fr": "Si le dossier du demandeur principal est admissible, celui du conjoint est{colon}{well}. S’il échoue{colon}{ill}.",
    },
    "household": {"en": "Household", "fr": "Ménage"},
    "mirrored": {
        "en": "This spouse’s case is not in the file; it is made of what the other cases say of both.",
        "fr": "Ce dossier de conjoint ne figure pas au fichier; il est fait de ce que les autres disent des deux.",
    },
    "only-way": {
        "en": "Only one partner’s facts as principal are given, so the other way round cannot be weighed.",
        "fr": "Seuls les faits d’un partenaire comme demandeur principal sont donnés; l’inverse ne peut donc pas être pesé.",
    },
    "way-own": {"en": "each with an application of their own", "fr": "chacun avec sa propre demande"},
    "way-principal": {"en": "{case} as principal", "fr": "{case} comme demandeur principal"},
    "waits-on": {
        "en": "In the way are open points of the principal’s case, all to be settled in its favour",
        "fr": "Font obstacle des points en suspens du dossier principal, à régler tous en sa faveur",
    },
    "which-way": {"en": "Which yields more", "fr": "Ce qui donne davantage"},
    "why-fails": {"en": "{case} fails on{colon}{what}", "fr": "{case} échoue{colon}{what}"},
    "why-open": {"en": "{case} is open on{colon}{what}", "fr": "{case} en suspens{colon}{what}"},
    "yields": {
        "en": "{sure} of {count} qualify as stated, {possible} could; {months} months of permit in all for those who qualify",
        "fr": "{sure} sur {count} admissibles selon ce qui est déclaré, {possible} possibles; {months} mois de permis en tout "
        "pour les admissibles",
    },
    "yields-most": {"en": "As stated, {way} yields most.", "fr": "Selon ce qui est déclaré, ce qui donne le plus{colon}{way}."},
}


def phrase(name: str, lang: str, **parts: object) -> str:
    """A phrase by its name, with its parts filled in."""
    return PHRASES[name][lang].format(colon=COLON[lang], **parts)
