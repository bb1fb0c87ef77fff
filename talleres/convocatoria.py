"""A quién se convoca a cada tipo de encuentro (S:325-343)."""

from django.db.models import Exists, OuterRef, Q

from acompanamiento.models import Membresia
from territorios.models import Gad

from .models import Convocado, Encuentro

# Con quién es el diálogo de cada momento; el M3 es con todos y el complementario, con quien sea.
DIALOGA_CON = {
    Encuentro.Tipo.M1: ("prefecto/a", "provincial", Gad.PROVINCIALES),
    Encuentro.Tipo.M2: ("alcalde/sa", "municipal", Gad.MUNICIPALES),
}


def convocables(encuentro, grupos, editables, fecha=None):
    """GAD a los que se puede convocar: los miembros de `grupos` y los que ya estaban convocados.

    Miembros lo son en `fecha`, la del encuentro; si se calla, hoy.

    De los ya convocados quedan fuera los que solo son de grupos que quien edita no ve (los que no
    están en `editables`). Cada GAD trae `es_miembro` y `convocado`. Una consulta.
    """
    vigentes = Membresia.objects.vigentes(fecha)
    miembros = vigentes.filter(grupo__in=[grupo.pk for grupo in grupos])
    ya = Convocado.objects.filter(encuentro=encuentro.pk)
    ajenos = vigentes.filter(grupo__encuentros=encuentro.pk).exclude(grupo__in=editables)
    propio = Q(pk__in=miembros.values("gad"))
    gads = Gad.objects.filter(propio | Q(pk__in=ya.values("gad")) & ~Q(pk__in=ajenos.values("gad")))
    return gads.annotate(
        es_miembro=Exists(miembros.filter(gad=OuterRef("pk"))),
        convocado=Exists(ya.filter(gad=OuterRef("pk"))),
    ).select_related("territorio__padre__padre")


def convocados_por_regla(tipo, gad, miembros):
    """Códigos de GAD que se proponen: en un M3, todos los miembros; en un diálogo, ese GAD."""
    if tipo == Encuentro.Tipo.M3:
        return {miembro.pk for miembro in miembros}
    return {gad.pk} if gad else set()
