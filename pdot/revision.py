"""La cola de revisión: qué espera, desde cuándo y a quién le toca.

Los días de espera son corridos: cuentan también sábados, domingos y feriados, porque así los cuenta
el GAD que espera.
"""

from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from acompanamiento.models import Grupo, Membresia
from territorios.models import Zona

from .models import BorradorDeRevision, Evaluacion, NotaInterna, Paso

MIAS, LIBRES = "mias", "libres"


def cola_de(usuario, *, quien="", zona="", grupo=""):
    """Las que esperan su revisión, la más antigua primero, con `enviada` y `en_preparacion`."""
    esperan = Evaluacion.objects.revisables_por(usuario)
    if quien == MIAS:
        esperan = esperan.filter(asignacion__revisor=usuario)
    elif quien == LIBRES:
        esperan = esperan.filter(asignacion__revisor__isnull=True)
    if zona:
        esperan = esperan.filter(pdot__gad__territorio__zona=zona)
    if grupo:
        miembros = Membresia.objects.vigentes().filter(grupo=grupo)
        esperan = esperan.filter(pdot__gad__in=miembros.values("gad"))
    envios = Paso.objects.filter(evaluacion=OuterRef("pk"), a=Evaluacion.Estado.ENVIADA)
    borradores = BorradorDeRevision.objects.filter(evaluacion=OuterRef("pk"))
    return (
        esperan.para_lista()
        .select_related("asignacion__revisor")
        .annotate(
            # Una carga de datos pudo no dejar el paso.
            enviada=Coalesce(
                Subquery(envios.order_by("-pk").values("cuando")[:1]), F("actualizada")
            ),
            en_preparacion=Exists(borradores),
        )
        .order_by("enviada", "pk")
    )


def dias_de_espera(evaluacion):
    """Días corridos desde que se envió, contados en la fecha de aquí."""
    return (timezone.localdate() - timezone.localdate(evaluacion.enviada)).days


def zonas_para(usuario):
    """[(número, nombre)] por las que puede filtrar; una sola no hace falta elegirla."""
    if not usuario.ve_el_pais:
        return []
    zonas = Zona.objects.order_by("numero").values_list("numero", "nombre")
    return [(numero, f"{numero} · {nombre}") for numero, nombre in zonas]


def grupos_para(usuario):
    """[(clave, «Grupo 2 · …»)] de los grupos vivos que ve."""
    grupos = Grupo.objects.visibles_para(usuario).vivos().order_by("numero", "pk")
    filas = grupos.values_list("pk", "numero", "nombre")
    return [(pk, f"Grupo {numero} · {nombre}") for pk, numero, nombre in filas]


def notas_de(evaluacion, usuario):
    """{pregunta o None: [notas]} de las que puede leer, la más antigua primero."""
    por_pregunta = {}
    visibles = NotaInterna.objects.visibles_para(usuario).filter(evaluacion=evaluacion)
    for nota in visibles.select_related("autor"):
        por_pregunta.setdefault(nota.pregunta_id, []).append(nota)
    return por_pregunta
