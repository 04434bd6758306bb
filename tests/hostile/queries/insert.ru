INSERT DATA { <http://publications.europa.eu/resource/authority/country/IND> a cptpp:Party }
