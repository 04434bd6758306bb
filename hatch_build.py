"""Puts ontology/, shapes/, data/ and queries/ into the wheel; an editable install reads them where they stand."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("ontology", "shapes", "data", "queries")


class ResourcesHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict) -> None:
        if version != "editable":
            build_data["force_include"].update({name: f"cptpp_graph/_resources/{name}" for name in FOLDERS})
