"""All cases of the gallery, chapter by chapter, in the order of the page."""
from hjgallery_lib.case import Chapter
from hjgallery_lib.cases import constraints, entanglement, learning, networks, potential, tori

CHAPTERS = (
    Chapter("The two figures of the paper, and their controls", (*potential.CASES, *entanglement.CASES)),
    Chapter("Does the Hamiltonian learn?", learning.CASES),
    Chapter("What else a learning network has", networks.CASES),
    Chapter("Tori and wavefunctions", tori.CASES),
    Chapter("Constraints and gauge freedom", constraints.CASES),
)
