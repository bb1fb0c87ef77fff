"""El inicio de cada persona: reúne lo que cada app ofrece, según su rol y su jurisdicción."""

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from acompanamiento import pendientes as del_acompanamiento
from acompanamiento.models import Estrategia, Grupo
from talleres import pendientes as de_los_talleres
from territorios.consultas import Cuantas
from territorios.jurisdiccion import Permiso
from territorios.models import Gad, Usuario
from territorios.pendientes import Bloque, cuentas_del_correo, del_correo, lo_urgente_primero

from . import pendientes as del_pdot
from .models import Evaluacion

Estado = Evaluacion.Estado
GRUPOS_MOSTRADOS = 8


@dataclass
class Tablero:
    """Lo que espera, lo urgente primero; la agenda cercana, y lo de su propio GAD.

    `por_estado`: (estado, nombre, cuántas evaluaciones ve), vacío en un GAD: a él le importa la
    suya, que va aparte.
    """

    bloques: list
    agenda: Bloque
    propio: del_pdot.Propio
    por_estado: list

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
    cuentas = {} if usuario.gad_id else _cuentas(usuario)
    bloques = [
        del_correo(cuentas),
        *del_pdot.para_tablero(usuario, propio.evaluaciones),
        *talleres,
        *del_acompanamiento.para_tablero(usuario),
    ]
    por_estado = [(estado, nombre, cuentas.get(estado, 0)) for estado, nombre in Estado.choices]
    return Tablero(
        lo_urgente_primero(bloques),
        agenda,
        propio,
        por_estado=[] if usuario.gad_id else por_estado,
    )


def _cuentas(usuario):
    """{estado: cuántas evaluaciones ve}, y las del correo si le tocan. Una consulta."""
    visibles = Evaluacion.objects.visibles_para(usuario).order_by()
    por_estado = visibles.values_list("estado").annotate(n=Count("pk"))
    return dict(por_estado.union(*cuentas_del_correo(usuario), all=True))


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
    vivos = Grupo.objects.visibles_para(usuario).vivos()
    # Primero cuáles y después sus cuentas: al revés se contarían los miembros de todos.
    primeros = Grupo.objects.filter(pk__in=vivos.values("pk")[:GRUPOS_MOSTRADOS]).para_lista()
    return list(primeros.annotate(en_total=Cuantas(vivos.order_by().values("pk"))))
