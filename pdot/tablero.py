"""El inicio de cada persona: reúne lo que cada app ofrece, según su rol y su jurisdicción."""

from dataclasses import dataclass

from django.db.models import Count, Window
from django.urls import reverse

from acompanamiento import pendientes as del_acompanamiento
from acompanamiento.models import Estrategia, Grupo
from talleres import pendientes as de_los_talleres
from territorios import pendientes as del_correo
from territorios.jurisdiccion import Permiso
from territorios.models import Gad, Usuario
from territorios.pendientes import Bloque, lo_urgente_primero

from . import pendientes as del_pdot
from .models import Evaluacion

Estado = Evaluacion.Estado
GRUPOS_MOSTRADOS = 8


@dataclass
class Tablero:
    """Lo que espera, lo urgente primero; la agenda cercana, y lo de su propio GAD."""

    bloques: list
    agenda: Bloque
    propio: del_pdot.Propio

    @property
    def pendientes(self):
        """Todas las filas a la vista, en su orden."""
        return [fila for bloque in self.bloques for fila in bloque.filas]

    @property
    def total(self):
        return sum(bloque.total for bloque in self.bloques)


def tablero_de(usuario):
    propio = del_pdot.lo_propio(usuario)
    talleres, agenda = de_los_talleres.para_tablero(usuario)
    bloques = [
        *del_correo.para_tablero(usuario),
        *del_pdot.para_tablero(usuario, propio.evaluaciones),
        *talleres,
        *del_acompanamiento.para_tablero(usuario),
    ]
    return Tablero(lo_urgente_primero(bloques), agenda, propio)


def primeros_pasos(usuario):
    """[(texto, enlace o "")] de lo que falta para poder trabajar, solo para la central."""
    if not usuario.puede(Permiso.ADMINISTRAR):
        return []
    pasos = [
        (
            Gad.objects.exists(),
            "Pida a quien administra el servidor que cargue la división político-administrativa.",
            "",
        ),
        (
            Estrategia.objects.exists(),
            "Cree la estrategia de acompañamiento.",
            reverse("admin:acompanamiento_estrategia_add"),
        ),
        (
            Grupo.objects.exists(),
            "Forme los grupos circunvecinos.",
            reverse("acompanamiento:inicio"),
        ),
        (
            Usuario.objects.exclude(pk=usuario.pk).exists(),
            "Cree las cuentas de las zonas y de los GAD.",
            reverse("admin:territorios_usuario_add"),
        ),
    ]
    return [(texto, direccion) for hecho, texto, direccion in pasos if not hecho]


def evaluacion_propia(usuario):
    """La última evaluación del GAD de quien entra, o None."""
    if not usuario.gad_id:
        return None
    del_gad = Evaluacion.objects.del_gad_de(usuario).select_related("pdot__gad__territorio")
    return del_gad.order_by("-pdot__anio_desde", "-numero").first()


def grupos_de(usuario):
    """Los primeros grupos vivos que ve, cada uno con cuántos son en total (`en_total`)."""
    vivos = Grupo.objects.visibles_para(usuario).vivos().para_lista()
    return list(vivos.annotate(en_total=Window(Count("pk")))[:GRUPOS_MOSTRADOS])


def evaluaciones_por_estado(usuario):
    """(estado, nombre, cuántas ve) de todos los estados, con cero donde no hay."""
    visibles = Evaluacion.objects.visibles_para(usuario).order_by()
    filas = visibles.values_list("estado").annotate(n=Count("pk"))
    cuenta = dict(filas)
    return [(valor, nombre, cuenta.get(valor, 0)) for valor, nombre in Estado.choices]
