"""De quién y de dónde son las filas de las hojas de pdot: el alcance de lo que se exporta."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import OuterRef, Q, Subquery

from acompanamiento.models import Grupo, Membresia
from territorios.models import Territorio

from .models import Evaluacion


@dataclass(frozen=True)
class Alcance:
    """De quién son los ojos y qué filtros puso; los vacíos no filtran."""

    usuario: object
    zona: str = ""
    provincia: str = ""
    grupo: str = ""
    estado: str = ""

    @cached_property
    def evaluaciones(self):
        """La última de cada GAD entre las que puede leer quien exporta y pasan los filtros."""
        suyas = Evaluacion.objects.legibles_para(self.usuario).filter(self.de_gad("pdot__gad"))
        if self.estado:
            suyas = suyas.filter(estado=self.estado)
        del_gad = suyas.filter(pdot__gad=OuterRef("pdot__gad"))
        ultima = del_gad.order_by("-pdot__anio_desde", "-numero").values("pk")[:1]
        return suyas.filter(pk=Subquery(ultima))

    @cached_property
    def grupos(self):
        """Los que ve quien exporta y pasan los filtros de lugar; el estado no les toca."""
        vistos = Grupo.objects.visibles_para(self.usuario)
        if self.zona:
            vistos = vistos.filter(zona=self.zona)
        if self.provincia:
            vistos = vistos.filter(sede__codigo__startswith=self.provincia)
        return vistos.filter(pk=self.grupo) if self.grupo else vistos

    def de_gad(self, camino):
        """La condición de lugar para filas de un GAD; `camino` lleva de la fila a él."""
        condicion = Q()
        if self.zona:
            condicion &= Q(**{f"{camino}__territorio__zona": self.zona})
        if self.provincia:
            condicion &= Q(**{f"{camino}__territorio__codigo__startswith": self.provincia})
        if self.grupo:
            miembros = Membresia.objects.vigentes_en().filter(grupo=self.grupo)
            condicion &= Q(**{f"{camino}__in": miembros.values("gad")})
        return condicion

    @cached_property
    def nombres(self):
        """{código: nombre} de provincias y cantones."""
        niveles = (Territorio.Nivel.PROVINCIA, Territorio.Nivel.CANTON)
        lugares = Territorio.objects.filter(nivel__in=niveles)
        return dict(lugares.values_list("codigo", "nombre"))
