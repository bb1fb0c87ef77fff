"""El inicio de cada persona: reúne lo que cada app ofrece, según su rol y su jurisdicción."""

from dataclasses import dataclass

from django.db.models import Count, Value
from django.urls import reverse

from acompanamiento import pendientes as del_acompanamiento
from acompanamiento.models import Estrategia, Grupo
from talleres import pendientes as de_los_talleres
from territorios.consultas import Cuantas
from territorios.jurisdiccion import Permiso
from territorios.models import Gad, Usuario
from territorios.pendientes import Bloque, cuentas_del_correo, del_correo, lo_urgente_primero

from . import pendientes as del_pdot
from .ambito import lo_de
from .models import Evaluacion

Estado = Evaluacion.Estado
GRUPOS_MOSTRADOS = 8
DE_OTRA_ZONA = "de otra zona"


@dataclass
class Tablero:
    """Lo que espera, lo urgente primero; la agenda cercana, y lo de su propio GAD.

    `por_estado`: (estado, nombre, cuántas evaluaciones), vacío en un GAD: a él le importa la suya,
    que va aparte. En una zona son las de sus GAD, y `de_otra_zona`, cuántas lee además por
    compartir un grupo.
    """

    bloques: list
    agenda: Bloque
    propio: del_pdot.Propio
    por_estado: list
    de_otra_zona: int

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
        de_otra_zona=cuentas.get(DE_OTRA_ZONA, 0),
    )


def _cuentas(usuario):
    """{estado: cuántas evaluaciones}, y aparte las de otra zona y lo del correo. Una consulta."""
    visibles = Evaluacion.objects.visibles_para(usuario).order_by()
    por_estado = lo_de(usuario.zona_id, visibles).values_list("estado").annotate(n=Count("pk"))
    aparte = cuentas_del_correo(usuario)
    if usuario.zona_id:
        ajenas = visibles.de_otra_zona(usuario.zona_id).annotate(que=Value(DE_OTRA_ZONA))
        aparte.append(ajenas.values_list("que").annotate(n=Count("pk")))
    return dict(por_estado.union(*aparte, all=True))


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
