"""Checks a FOCUS dataset with the FinOps Foundation's focus-validator: a question is {csv, version, criteria}.

Out: {rules, version, failed: {rule: message}}, without the groups whose rules are named themselves.

CSV has no types, so the peer gives its columns the types that the specification names, as a reader with a schema does.
"""

import importlib.machinery
import importlib.util
import logging
import os
import sys
import tempfile

import peer

NUMBERS = {
    "BilledCost", "CommitmentDiscountQuantity", "ConsumedQuantity", "ContractedCost", "ContractedUnitPrice", "EffectiveCost",
    "ListCost", "ListUnitPrice", "PricingQuantity",
}


class Loader(importlib.machinery.SourceFileLoader):
    """Rewrites the one expression of the package that needs Python 3.12: a backslash within an f-string."""

    NEW = """f"'{k.replace('\\"', '\\"\\"')}'\""""
    OLD = """"'" + k.replace('"', '""') + "'\""""

    def source_to_code(self, data, path, *, _optimize=-1):
        return super().source_to_code(data.replace(self.NEW.encode(), self.OLD.encode()), path, _optimize=_optimize)


class Finder:
    @staticmethod
    def find_spec(name, path, target=None):
        if sys.version_info >= (3, 12) or not name.endswith(".focus_to_duckdb_converter"):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        return importlib.util.spec_from_loader(name, Loader(name, spec.origin))


sys.meta_path.insert(0, Finder)
# The validator opens its list of currencies relative to the folder that its package is in.
root = os.path.dirname(importlib.util.find_spec("focus_validator").submodule_search_locations[0])
os.chdir(root)

import pyarrow  # noqa: E402
import pyarrow.csv  # noqa: E402
import pyarrow.parquet  # noqa: E402
from focus_validator.validator import Validator  # noqa: E402

logging.disable(logging.CRITICAL)


def parquet(text, path):
    header = text.split("\r\n", 1)[0].split(",")
    types = {
        name: pyarrow.decimal128(38, 12) if name in NUMBERS else pyarrow.string() for name in header
    }
    options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
    parsing = pyarrow.csv.ParseOptions(newlines_in_values=True)
    table = pyarrow.csv.read_csv(
        pyarrow.py_buffer(text.encode()), convert_options=options, parse_options=parsing
    )
    pyarrow.parquet.write_table(table, path)


def answer(given):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "focus.parquet")
        parquet(given["csv"], path)
        validator = Validator(
            data_filename=path,
            data_format="parquet",
            output_destination=None,
            output_type="console",
            rules_version=given["version"],
            rules_block_remote_download=True,
            focus_dataset="CostAndUsage",
            applicability_criteria=",".join(given["criteria"]),
        )
        # Its report goes to a standard output that is the peer's own.
        with open(os.devnull, "w") as nowhere:
            sys.stdout, before = nowhere, sys.stdout
            try:
                results = validator.validate()
            finally:
                sys.stdout = before
    failed = {}
    skipped = 0
    for rule, result in results.by_rule_id.items():
        details = result.get("details") or {}
        skipped += bool(details.get("skipped"))
        children = [child for child in details.get("children") or [] if child.get("referenced_rule_id")]
        if not result.get("ok") and all(child.get("ok") for child in children):
            failed[rule] = str(details.get("message") or "")
    return {
        "rules": len(results.by_rule_id) - skipped,
        "version": results.model_version,
        "failed": failed,
    }


peer.serve(answer, at_once=1)
