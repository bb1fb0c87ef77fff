"""Leer necesidades: la lista de una jurisdicción y las que se parecen, para planificar juntas."""

from dataclasses import dataclass

from territorios.jurisdiccion import Permiso

from .models import Necesidad
from .models.alcance import escribe_por
from .similitud import agrupar

# Con más, comparar todas con todas se nota en la espera: se pide filtrar antes.
MAXIMO_PARA_AGRUPAR = 300


def puede_declarar_de(usuario, gad):
    """Si quien mira declara necesidades de ese GAD: él, su zona o la central."""
    return usuario.puede(Permiso.DECLARAR_NECESIDADES) and escribe_por(usuario, gad)


@dataclass
class Parecidas:
    """Necesidades que dicen casi lo mismo. `titulo` es la más corta: la que mejor las nombra."""

    titulo: str
    necesidades: list[Necesidad]

    @property
    def cuantas(self):
        return len(self.necesidades)

    @property
    def sin_atender(self):
        return sum(1 for una in self.necesidades if not getattr(una, "atendida", False))

    @property
    def claves(self):
        return [una.pk for una in self.necesidades]


def por_parecido(necesidades):
    """[Parecidas] de más a menos necesidades; las que no se parecen a ninguna van solas, al final.

    Se comparan por su tema. Con más de MAXIMO_PARA_AGRUPAR no se compara: van todas solas.
    """
    necesidades = list(necesidades)
    if len(necesidades) > MAXIMO_PARA_AGRUPAR:
        return [Parecidas(una.tema, [una]) for una in necesidades]
    grupos = agrupar([una.tema for una in necesidades])
    juntas = [[necesidades[n] for n in sorted(indices)] for indices in grupos]
    return [
        Parecidas(min((una.tema for una in suyas), key=lambda tema: (len(tema), tema)), suyas)
        for suyas in sorted(juntas, key=lambda suyas: -len(suyas))
    ]
