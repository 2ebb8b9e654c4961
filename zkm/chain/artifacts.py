"""The contracts, compiled as Ape compiles them: pinned solc, the settings of ape-config.yaml.

For Python programs and tests that deploy without Ape. Needs py-solc-x and a checkout of the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkm.contract.generate import CONTRACT
from zkm.errors import ChainError

__all__ = ["Artifact", "compile_contracts", "compile_standard"]


@dataclass(frozen=True)
class Artifact:
    """A compiled contract.

    Attributes:
        abi: its interface.
        bytecode: the creation code, without constructor arguments.
        code: the code as deployed; immutable values in it are zero.
    """

    abi: list[dict[str, Any]]
    bytecode: bytes
    code: bytes


def compile_contracts(root: Path, verifier_source: str) -> dict[str, Artifact]:
    """Every contract of the project by name, with a generated verifier.

    Args:
        root: the project's folder, with ape-config.yaml, contracts/ and node_modules/.
        verifier_source: what `zkm contract` prints.

    Raises:
        ChainError: solc is missing or finds something to complain about.
    """
    folder = root / "contracts"
    generated = folder / "generated"
    files = (path for path in sorted(folder.rglob("*.sol")) if generated not in path.parents)
    sources = {path.relative_to(root).as_posix(): path.read_text() for path in files}
    sources[f"contracts/generated/{CONTRACT}.sol"] = verifier_source
    return compile_standard(root, sources)


def compile_standard(root: Path, sources: dict[str, str]) -> dict[str, Artifact]:
    """Contracts of some source files, by name; imports are found below the project's folder.

    Raises:
        ChainError: solc is missing or finds something to complain about.
    """
    import solcx
    import yaml

    config = yaml.safe_load((root / "ape-config.yaml").read_text())["solidity"]
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {
            "optimizer": {"enabled": config["optimize"], "runs": config["optimization_runs"]},
            "viaIR": config["via_ir"],
            "evmVersion": config["evm_version"],
            "remappings": config.get("import_remapping", []),
            "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]}},
        },
    }
    try:
        output = solcx.compile_standard(request, solc_version=config["version"], base_path=root)
    except (solcx.exceptions.SolcError, solcx.exceptions.SolcNotInstalled) as error:
        raise ChainError(f"solc {config['version']}: {error}") from error
    problems = [entry["formattedMessage"] for entry in output.get("errors", [])]
    if problems:
        raise ChainError("solc: " + "\n".join(problems))
    return {
        name: Artifact(
            contract["abi"],
            bytes.fromhex(contract["evm"]["bytecode"]["object"]),
            bytes.fromhex(contract["evm"]["deployedBytecode"]["object"]),
        )
        for file in output["contracts"].values()
        for name, contract in file.items()
    }
