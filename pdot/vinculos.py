"""Con qué planes se compara el de un GAD y quién puede darle datos (S:352-359)."""

from django.db.models import Q

from acompanamiento.models import Membresia
from territorios.models import Gad, Vecindad

CANTON, PROVINCIA = 4, 2  # cifras del código de un cantón y de una provincia


def superiores_por_codigo(gad):
    """Códigos de los GAD de los niveles superiores de su propio territorio, del más cercano.

    Parroquial: su cantón y su provincia; municipal o metropolitano: su provincia; los demás,
    ninguno.
    """
    largos = {
        Gad.Nivel.PARROQUIAL: (CANTON, PROVINCIA),
        Gad.Nivel.MUNICIPAL: (PROVINCIA,),
        Gad.Nivel.METROPOLITANO: (PROVINCIA,),
    }
    return [gad.pk[:largo] for largo in largos.get(gad.nivel, ())]


def superiores_de(gad):
    """Esos mismos GAD, de los lugares de que cuelga su territorio, ya traídos con él."""
    lugares, lugar = {}, gad.territorio.padre
    while lugar:
        lugares[lugar.codigo], lugar = lugar, lugar.padre
    codigos = superiores_por_codigo(gad)
    return [lugares[c].gad for c in codigos if c in lugares and hasattr(lugares[c], "gad")]


def otras_provincias(gad):
    """Los GAD provinciales de sus grupos acompañados con que también puede compararse.

    No cuenta la de su territorio. Una provincia no se compara con otra.
    """
    propios = superiores_por_codigo(gad)
    if not propios:
        return Gad.objects.none()
    provincias = Gad.objects.filter(nivel__in=Gad.PROVINCIALES, pk__in=_de_sus_grupos(gad))
    return provincias.exclude(pk__in=propios).para_lista().order_by("pk")


def comparables(gad, escritos):
    """Los GAD con cuyo plan se compara o puede compararse, y los de códigos ya `escritos`."""
    propios = Q(pk__in=[*superiores_por_codigo(gad), *escritos])
    return Gad.objects.filter(propios | Q(pk__in=otras_provincias(gad).values("pk")))


def posibles_proveedores(gad):
    """Los GAD de su familia (los de arriba, los de abajo y los vecinos) y de sus grupos."""
    limites = Vecindad.objects.filter(Q(a=gad.pk) | Q(b=gad.pk))
    suyos = Gad.objects.filter(
        Q(pk__in=superiores_por_codigo(gad))
        | Q(territorio__padre=gad.pk)
        | Q(pk__in=limites.values("a"))
        | Q(pk__in=limites.values("b"))
        | Q(pk__in=_de_sus_grupos(gad))
    )
    return suyos.exclude(pk=gad.pk).vigentes().para_lista().order_by("territorio__busqueda", "pk")


def _de_sus_grupos(gad):
    # Un grupo solo propuesto no abre nada: cualquiera podría proponerlo con GAD ajenos.
    acompanados = Membresia.objects.acompanados()
    return acompanados.filter(grupo__in=acompanados.del_gad(gad.pk)).values("gad")
