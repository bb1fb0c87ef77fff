"""De qué GAD lee cada quien y por cuáles escribe: el plan, el programa y los hitos."""

from django.db import models
from django.db.models import Q

from acompanamiento.models import Grupo, Membresia
from territorios.jurisdiccion import Permiso
from territorios.models import Gad


def gads_a_la_vista(usuario):
    """País: todos. Zona: los suyos. GAD: él y los que hoy están con él en un grupo conformado."""
    gads = Gad.objects.visibles_para(usuario).vigentes()
    if usuario.ve_el_pais:
        return gads
    if usuario.gad_id:
        suyos = Grupo.objects.visibles_para(usuario).conformados()
        companeros = Membresia.objects.vigentes().filter(grupo__in=suyos).values("gad")
        return gads.filter(Q(pk=usuario.gad_id) | Q(pk__in=companeros))
    return gads.filter(territorio__zona=usuario.zona_id)


def gads_a_cargo_de(usuario):
    """Los GAD cuyos planes escribe: la central, todos; la zona, los suyos; el GAD, el propio."""
    if not usuario.is_authenticated or not usuario.puede(Permiso.EDITAR_PLANES):
        return Gad.objects.none()
    if usuario.ve_el_pais:
        return Gad.objects.all()
    if usuario.gad_id:
        return Gad.objects.filter(pk=usuario.gad_id)
    return Gad.objects.filter(territorio__zona=usuario.zona_id)


def escribe_por(usuario, gad):
    """Si `gad` es uno de `gads_a_cargo_de(usuario)`. Sin consultas: trae ya su territorio."""
    if not usuario.puede(Permiso.EDITAR_PLANES):
        return False
    if usuario.gad_id:
        return usuario.gad_id == gad.pk
    return usuario.ve_el_pais or usuario.zona_id == gad.territorio.zona_id


def esta_a_la_vista(usuario, gad):
    """Si `gad` es uno de `gads_a_la_vista(usuario)`. Solo consulta si puede ser un compañero."""
    if usuario.ve_el_pais or usuario.gad_id == gad.pk:
        return True
    if not usuario.gad_id:
        return usuario.zona_id == gad.territorio.zona_id
    return gads_a_la_vista(usuario).filter(pk=gad.pk).exists()


class DelGadQuerySet(models.QuerySet):
    """Filas públicas de un GAD, como su plan: las lee cualquiera con cuenta."""

    gad = "gad"

    def visibles_para(self, usuario):
        return self if usuario.is_authenticated and usuario.is_active else self.none()

    def editables_por(self, usuario):
        """Las del propio GAD, las de la zona que lo acompaña o todas, según quién entra."""
        return self.visibles_para(usuario).filter(**{f"{self.gad}__in": gads_a_cargo_de(usuario)})
