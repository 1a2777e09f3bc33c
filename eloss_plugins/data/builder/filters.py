"""Which molecular graphs a chemist would accept: short lists of patterns and ring rules."""

from functools import cache

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

# Each pattern names a group that does not survive in a bottle, or that nobody would draw.
FORBIDDEN_GROUPS = {
    "peroxide or dioxygen": "[#8]~[#8]",
    "halogen on nitrogen, oxygen or fluorine": "[F]~[#7,#8,F]",
    "chain of three heteroatoms": "[N,O]~[N,O]~[N,O]",
    "chain of four nitrogens or oxygens": "[#7,#8]~[#7,#8]~[#7,#8]~[#7,#8]",
    "diazene or nitroxyl with hydrogen": "[NX2;!H0]=[N,O]",
    "chain of three double bonds": "*=*=*=*",
    "geminal alcohol": "[OX2H][CX4][#7,#8,F]",
    "geminal amine with hydrogen": "[NX3H2][CX4][#7,#8,F]",
    "amine geminal to fluorine": "[NX3;!H0][CX4]F",
    "enol or ynol": "[OX2H][C;!$(C=O)]=,#[C,N]",
    "primary enamine or ynamine": "[NX3;!H0;!R][C;!$(C=[O,N])]=,#[C;!$(C#N)]",
    "carbonic or carbamic acid": "[OX2H]C(=O)[N,O,F]",
    "triple bond in a ring": "[R]#[R]",
    "allene in a ring": "[R]=[R]=[R]",
    "cumulene end in a ring of three": "[r3]=*=*",
    "antiaromatic three-ring": "[N,O;r3]1[#6;r3]=[#6;r3]1",
    "cyclobutadiene": "[#6,#7]1=[#6,#7]~[#6,#7]=[#6,#7]~1",
    "two heteroatoms in a three-ring": "[#7,#8;r3]1~[#7,#8;r3]~*1",
    "heteroatom on a double bond of a three-ring": "[#7,#8,F]~[#6;r3]=,:[#6,#7;r3]",
    "three-ring with a double bond inside and one outside": "*=[#6;r3]1[#6,#7;r3]=[#6,#7;r3]1",
    "heteroatom pair on an alkyne": "[N,O]~[N,O]C#C",
    "heteroatom on a cumulene": "[N,O][#6,#7]=[#6]=[#6,#7,#8]",
    "nitrogen-oxygen pair in a four-ring": "[#7,#8;r4]1~[#7,#8;r4]~*~*~1",
}
# Groups that exist but that nobody meets often; refused among molecules that are drawn at random.
UNUSUAL_GROUPS = {
    "double bond in a three-ring": "[r3]=,:[r3]",
    "imine with hydrogen": "[NX2;!H0]=[#6;!$(C[NX3])]",
    "acid fluoride": "FC=[#7,#8]",
    "nitroso": "[NX2]=O",
    "hydrazine or hydroxylamine": "[NX3;!$(NC=O);!$(NN=C)][NX3,OX2]",
    "azo outside a ring": "[N;!R]=[N;!R]",
    "heterocumulene": "[!#6]=*=*",
    "cyanamide or cyanate": "[N,O]C#N",
    "ynamine or ynol ether": "[N,O]C#C",
    "fluorine geminal to a heteroatom": "F[CX4][#7,#8]",
    "open aminal": "[NX3;!R][CX4;!R][NX3,OX2;!R]",
}
MAX_RINGS = 3


def objection(smiles: str) -> str | None:
    """Why the graph is refused, or None when it is accepted."""
    molecule = Chem.MolFromSmiles(smiles)
    group = _first_group(molecule, _patterns(tuple(FORBIDDEN_GROUPS.items())))
    return group or _composition_objection(molecule) or _ring_objection(molecule)


def unusual(smiles: str) -> str | None:
    """The unusual group in an accepted graph, or None."""
    groups = tuple(UNUSUAL_GROUPS.items())
    return _first_group(Chem.MolFromSmiles(smiles), _patterns(groups))


def _first_group(molecule: Chem.Mol, patterns: tuple[tuple[str, Chem.Mol], ...]) -> str | None:
    found = (name for name, pattern in patterns if molecule.HasSubstructMatch(pattern))
    return next(found, None)


@cache
def _patterns(groups: tuple[tuple[str, str], ...]) -> tuple[tuple[str, Chem.Mol], ...]:
    return tuple((name, Chem.MolFromSmarts(pattern)) for name, pattern in groups)


def _composition_objection(molecule: Chem.Mol) -> str | None:
    carbons = sum(atom.GetAtomicNum() == 6 for atom in molecule.GetAtoms())
    others = molecule.GetNumAtoms() - carbons
    if molecule.GetNumAtoms() > 2 and carbons == 0:
        return "no carbon"
    if molecule.GetNumAtoms() > 4 and others > 2 * carbons:
        return "more than two heteroatoms per carbon"
    return None


def _ring_objection(molecule: Chem.Mol) -> str | None:
    rings = [set(ring) for ring in molecule.GetRingInfo().AtomRings()]
    if len(rings) > MAX_RINGS:
        return f"more than {MAX_RINGS} rings"
    for place, ring in enumerate(rings):
        for other in rings[place + 1 :]:
            reason = _pair_objection(molecule, ring, other)
            if reason:
                return reason
    if _bridgehead_double_bond(molecule):
        return "double bond at a bridgehead"
    return None


def _pair_objection(molecule: Chem.Mol, ring: set[int], other: set[int]) -> str | None:
    shared = ring & other
    small, large = sorted((len(ring), len(other)))
    if not shared:
        return None
    if small == 3 and large <= 4:
        return "three-ring joined to a ring of three or four"
    if small <= 4 and len(shared) >= 2 and any(_unsaturated(molecule, a) for a in shared):
        return "double bond at the fusion of a small ring"
    if small <= 4 and len(shared) > 2:
        return "small ring in a bridged system"
    return None


def _unsaturated(molecule: Chem.Mol, atom: int) -> bool:
    bonds = molecule.GetAtomWithIdx(atom).GetBonds()
    return any(bond.GetBondTypeAsDouble() > 1 for bond in bonds)


def _bridgehead_double_bond(molecule: Chem.Mol) -> bool:
    bridgeheads: list[int] = []
    # The stubs name the wrong type; the list is filled in place.
    rdMolDescriptors.CalcNumBridgeheadAtoms(molecule, atoms=bridgeheads)  # type: ignore[arg-type]
    return any(_unsaturated(molecule, atom) for atom in bridgeheads)
