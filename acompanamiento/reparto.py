"""Cuántos GAD de cada nivel reúnen unos grupos, y en qué zonas están."""

from dataclasses import dataclass, field

from territorios.models import Gad

from .models import Membresia


@dataclass
class Reparto:
    """GAD distintos, con su nivel y su zona, y zonas. Quien está en varios grupos se cuenta uno."""

    gads: dict[str, str] = field(default_factory=dict)
    zonas: set[int] = field(default_factory=set)
    zona_de: dict[str, int] = field(default_factory=dict)

    @classmethod
    def de(cls, repartos):
        """El de todos juntos."""
        total = cls()
        for reparto in repartos:
            total.gads |= reparto.gads
            total.zona_de |= reparto.zona_de
            total.zonas |= reparto.zonas
        return total

    def partir(self, zona):
        """(el de los GAD de esa zona, el de los demás); sin zona, todos son de la primera parte."""
        partes = Reparto(zonas=self.zonas), Reparto(zonas=self.zonas)
        for gad, nivel in self.gads.items():
            suya = partes[zona not in (None, self.zona_de[gad])]
            suya.gads[gad], suya.zona_de[gad] = nivel, self.zona_de[gad]
        return partes

    def _cuantos(self, niveles):
        return sum(1 for nivel in self.gads.values() if nivel in niveles)

    @property
    def provinciales(self):
        return self._cuantos(Gad.PROVINCIALES)

    @property
    def municipales(self):
        return self._cuantos(Gad.MUNICIPALES)

    @property
    def parroquiales(self):
        return self._cuantos(Gad.PARROQUIALES)

    @property
    def lista_zonas(self):
        return sorted(self.zonas)


def repartir(grupos):
    """{clave de grupo: Reparto de sus miembros de hoy}. Una consulta."""
    repartos = {grupo.pk: Reparto(zonas={grupo.zona_id}) for grupo in grupos}
    miembros = Membresia.objects.vigentes_en().filter(grupo__in=list(repartos))
    for grupo, gad, nivel, zona in miembros.values_list(
        "grupo", "gad", "gad__nivel", "gad__territorio__zona"
    ):
        repartos[grupo].gads[gad] = nivel
        repartos[grupo].zona_de[gad] = zona
        repartos[grupo].zonas.add(zona)
    return repartos
