"""All cases, page by page and chapter by chapter, in their order."""
from hjgallery_lib.case import Chapter
from hjgallery_lib.cases import constraints, entanglement, learning, meaning, networks, potential, tori

GALLERY = (
    Chapter("The two figures of the paper, and their controls", (*potential.CASES, *entanglement.CASES)),
    Chapter("Does the Hamiltonian learn?", learning.CASES),
    Chapter("What else a learning network has", networks.CASES),
    Chapter("Tori and wavefunctions", tori.CASES),
    Chapter("Constraints and gauge freedom", constraints.CASES),
)

PAGES = {"gallery": GALLERY, "meaning": meaning.CHAPTERS}  # docs/NAME.md
