# A damage for every check of our own graph: under its name, what the lint query must report, or the shape at the focus node named.
# Each lint query has its own; a shape has one here where tests/test_graph.py cannot make one up from its path.

## lint broader-not-next-above
DELETE { GRAPH ?g { noc2021:21300 skos:broader ?above } } INSERT { GRAPH ?g { noc2021:21300 skos:broader noc2021:2 } }
WHERE { GRAPH ?g { noc2021:21300 skos:broader ?above } }

## lint code-twice
DELETE { GRAPH ?g { noc2021:21300 skos:notation ?code } } INSERT { GRAPH ?g { noc2021:21300 skos:notation "21301" } }
WHERE { GRAPH ?g { noc2021:21300 skos:notation ?code } }

## lint commitment-not-inferred
DELETE WHERE { GRAPH ?g { <party/MYS> a cptpp:PartyWithProfessionals } }

## lint conclusion-unlike-schedule
DELETE { GRAPH ?g { ?permission cptpp:party <party/PER> } } INSERT { GRAPH ?g { ?permission cptpp:party <party/MEX> } }
WHERE { GRAPH ?g { ?permission a cptpp:Permission ; cptpp:party <party/PER> ; cptpp:unitGroup noc2021:21300 } }

## lint concordance-missing-group
DELETE WHERE { GRAPH ?g { <concordance/2016-2021/2131-21300> xkos:sourceConcept ?code ; xkos:targetConcept ?other } }

## lint concordance-unknown-code
INSERT DATA { GRAPH graph:concordance { <concordance/2016-2021/2131-21300> xkos:targetConcept noc2021:21399x } }

## lint condition-without-effect
INSERT DATA { GRAPH graph:mappings { <condition/idle> a cptpp:Condition } }

## lint dangling
INSERT DATA { GRAPH graph:ircc { <ircc/PER/technician/L390> cptpp:phrase <phrase/civil-enginering> } GRAPH graph:inferred { <phrase/civil-enginering> a cptpp:Phrase } }

## lint default-rulebook
DELETE WHERE { GRAPH ?g { ?rulebook cptpp:isDefault true } }

## lint entry-against-kind
INSERT DATA { GRAPH graph:ircc { <ircc/PER/technician/L390> a cptpp:Exclusion } }

## lint entry-named-for-another-line
DELETE { GRAPH ?g { <ircc/PER/technician/L390> cptpp:line ?line } } INSERT { GRAPH ?g { <ircc/PER/technician/L390> cptpp:line 930 } }
WHERE { GRAPH ?g { <ircc/PER/technician/L390> cptpp:line ?line } }

## lint entry-not-inferred
DELETE WHERE { GRAPH ?g { <ircc/PER/technician/L390> cptpp:entryCategory ?category } }

## lint entry-of-nameless-party
DELETE { GRAPH ?g { <party/PER> rdfs:label ?label } } WHERE { GRAPH ?g { <party/PER> rdfs:label ?label } FILTER (LANG(?label) = "fr") }

## lint group-mapped-twice
INSERT DATA { GRAPH graph:derived { <coverage/again> a cptpp:Coverage ; cptpp:coveringPhrase <phrase/plumbers> ; cptpp:unitGroup noc2021:72300 ; cptpp:basedOnMapping <mapping/again> } }

## lint group-without-conclusion
DELETE { GRAPH ?g { ?permission cptpp:unitGroup noc2021:21300 } }
WHERE { GRAPH ?g { ?permission cptpp:unitGroup noc2021:21300 ; cptpp:inSchedule <ircc/PER/professional> } }

## lint language-missing
DELETE { GRAPH ?g { noc2021:21300 skos:prefLabel ?label } } WHERE { GRAPH ?g { noc2021:21300 skos:prefLabel ?label } FILTER (LANG(?label) = "fr") }

## lint levels-miscounted
DELETE { GRAPH ?g { ?edition xkos:numberOfLevels 5 } } INSERT { GRAPH ?g { ?edition xkos:numberOfLevels 4 } }
WHERE { GRAPH ?g { ?edition xkos:numberOfLevels 5 } }

## lint line-cited-twice
DELETE { GRAPH ?g { <ircc/PER/technician/L391> cptpp:line ?line } } INSERT { GRAPH ?g { <ircc/PER/technician/L391> cptpp:line 390 } }
WHERE { GRAPH ?g { <ircc/PER/technician/L391> cptpp:line ?line } }

## lint line-missing
DELETE WHERE { GRAPH ?g { <ircc/PER/technician/L390> cptpp:line ?line } }

## lint mapped-and-rejected
INSERT DATA { GRAPH graph:mappings { <mapping/no> a sssom:Mapping ; sssom:predicate_modifier sssom:NegatedPredicate ; owl:annotatedSource <phrase/plumbers> ; owl:annotatedTarget noc2021:7230 } }

## lint mapping-outside-edition
DELETE { GRAPH ?g { <mapping/noc2021/plumbers/72300> owl:annotatedTarget ?group } } INSERT { GRAPH ?g { <mapping/noc2021/plumbers/72300> owl:annotatedTarget noc2021:7230x } }
WHERE { GRAPH ?g { <mapping/noc2021/plumbers/72300> owl:annotatedTarget ?group } }

## lint negation-mismatch
INSERT DATA { GRAPH graph:mappings { <condition/researcher/test-job-function> cptpp:accepts "lawyer" } }

## lint overlapping-windows
DELETE { GRAPH ?g { <window/noc-2016> cptpp:receivedUntil ?day } } INSERT { GRAPH ?g { <window/noc-2016> cptpp:receivedUntil "2022-11-16"^^xsd:date } }
WHERE { GRAPH ?g { <window/noc-2016> cptpp:receivedUntil ?day } }

## lint part-without-condition
DELETE WHERE { GRAPH ?g { <mapping/noc2016/actuaries/2161> cptpp:condition ?condition } }

## lint permission-and-denial
INSERT { GRAPH ?g { ?denial a cptpp:Permission } } WHERE { GRAPH ?g { ?denial a cptpp:Denial } }

## lint permission-beyond-levels
DELETE { GRAPH ?g { noc2021:72300 cptpp:level ?level } } INSERT { GRAPH ?g { noc2021:72300 cptpp:level noc2021:teer-4 } }
WHERE { GRAPH ?g { noc2021:72300 cptpp:level ?level } }

## lint reading-like-the-print
DELETE { GRAPH ?g { <ircc/PER/technician/L414> cptpp:phrase ?phrase } } INSERT { GRAPH ?g { <ircc/PER/technician/L414> cptpp:phrase <phrase/electricians> } }
WHERE { GRAPH ?g { <ircc/PER/technician/L414> cptpp:phrase ?phrase } }

## lint readmission-elsewhere
INSERT DATA { GRAPH graph:ircc { <ircc/PER/professional/L380.2> cptpp:exceptionTo <ircc/MEX/professional/L345> } }

## lint replaced-without-amendment
DELETE WHERE { GRAPH ?g { <source/ircc-2024> cptpp:amends ?earlier } }

## lint test-of-another-type
INSERT DATA { GRAPH graph:mappings { <condition/researcher/test-job-function> cptpp:accepts true } }

## lint two-schedules
INSERT DATA { GRAPH graph:derived { <source/canadavisa> cptpp:applies <ircc/AUS/technician> } }

## lint undeclared-term
INSERT DATA { GRAPH graph:ircc { <ircc/PER/technician/L390> cptpp:printedPhraze "civil engineering technologists and technicians" } }

## lint unmapped-phrase
DELETE WHERE { GRAPH ?g { ?mapping owl:annotatedSource <phrase/plumbers> } }

## lint unprinted-phrase
DELETE WHERE { GRAPH ?g { ?entry cptpp:phrase <phrase/managers-postal-courier> } }

## lint value-of-another-type
INSERT DATA { GRAPH graph:ircc { <ircc/PER/technician/L390> cptpp:section "Pérou"@fr } }

## lint verdict-twice
INSERT DATA { GRAPH graph:mappings { <condition/researcher/test-job-function> cptpp:accepts "operator" } }

## shape ConditionalPermission permission/ircc/PER/technician/noc-2021/22231
DELETE { GRAPH ?g { <permission/ircc/PER/technician/noc-2021/22231> cptpp:status ?status } }
INSERT { GRAPH ?g { <permission/ircc/PER/technician/noc-2021/22231> cptpp:status cptpp:conditional } }
WHERE { GRAPH ?g { <permission/ircc/PER/technician/noc-2021/22231> cptpp:status ?status } }

## shape Edition-level ../noc/2021
INSERT DATA { GRAPH graph:noc { <../noc/2021/depths-1> rdf:first noc2021:2 } }

## shape Entry-kind ircc/PER/technician/L391
INSERT DATA { GRAPH graph:ircc { <ircc/PER/technician/L391> a cptpp:ScopeRestriction } }

## shape FactTest condition/researcher/test-job-function
DELETE { GRAPH ?g { <condition/researcher/test-job-function> ?verdict ?value } }
WHERE { GRAPH ?g { <condition/researcher/test-job-function> ?verdict ?value } VALUES ?verdict { cptpp:accepts cptpp:rejects } }

## shape Group ../noc/2021/21300
INSERT DATA { GRAPH graph:noc { noc2021:21300 skos:topConceptOf <../noc/2021> } }

## shape Group-level ../noc/2021/21300
INSERT DATA { GRAPH graph:noc { noc2021:depth-minor skos:member noc2021:21300 } }

## shape Issue-kind issue/Q6
INSERT DATA { GRAPH graph:readings { <issue/Q6> a cptpp:Discrepancy } }

## shape Mapping mapping/noc2021/plumbers/72300
DELETE WHERE { GRAPH ?g { <mapping/noc2021/plumbers/72300> cptpp:confidence ?confidence } }

## shape Reading-ofIssue reading/D7/layout-slip
INSERT DATA { GRAPH graph:readings { <issue/Q6> cptpp:hasReading <reading/D7/layout-slip> } }

## shape Schedule-effect ircc/PER/technician
INSERT DATA { GRAPH graph:ircc { <ircc/PER/technician> a cptpp:NegativeSchedule } }

## shape Schedule-entry ircc/BRN/professional
DELETE WHERE { GRAPH ?g { ?entry cptpp:inSchedule <ircc/BRN/professional> } }

## shape Schedule-kind ircc/BRN/technician
DELETE WHERE { GRAPH ?g { <ircc/BRN/technician> a cptpp:SilentSchedule } }

## shape TradeCertification trade/72300-42
DELETE { GRAPH ?g { <trade/72300-42> ?where ?place } } WHERE { GRAPH ?g { <trade/72300-42> cptpp:unitGroup ?group ; ?where ?place } FILTER (?where != cptpp:unitGroup && ?where != rdf:type) }

## shape UnclearPermission permission/ircc/PER/technician/noc-2021/22301
DELETE { GRAPH ?g { <permission/ircc/PER/technician/noc-2021/22301> cptpp:status ?status } }
INSERT { GRAPH ?g { <permission/ircc/PER/technician/noc-2021/22301> cptpp:status cptpp:unclear } }
WHERE { GRAPH ?g { <permission/ircc/PER/technician/noc-2021/22301> cptpp:status ?status } }

## shape UncommittedSchedule-entry ircc/MYS/technician
INSERT DATA { GRAPH graph:ircc { <ircc/MYS/technician/L338> cptpp:inSchedule <ircc/MYS/technician> } }

## shape UnmarkedSchedule canadavisa/MEX/professional
DELETE WHERE { GRAPH ?g { <canadavisa/MEX/professional> cptpp:underReading ?reading } }
