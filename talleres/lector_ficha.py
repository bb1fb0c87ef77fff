"""Lo que muestra la página de un encuentro y está en otras tablas, en una sola consulta."""

from dataclasses import dataclass
from operator import attrgetter

from django.db.models import CharField, Count, TimeField, Value
from django.db.models.functions import Coalesce

from acompanamiento.models import Grupo
from territorios.models import Entidad

from .asistencia import Asistencia, de_cuentas
from .models import Aporte, Facilitacion, PuntoAgenda

PUNTO, GRUPO, ASISTENCIA, APORTE = "punto", "grupo", "asistencia", "aporte"
CLASES = (PUNTO, GRUPO, *Facilitacion.Papel, ASISTENCIA, APORTE)
CERO, VACIO = Value(0), Value("", CharField())
SIN_HORAS = Value(None, TimeField()), Value(None, TimeField())


@dataclass(frozen=True)
class Dicho:
    """Un aporte: qué se dijo y quién, un GAD o una mesa; vacío si no consta."""

    texto: str
    quien: str


@dataclass(frozen=True)
class Ficha:
    """`grupos`: los que ve quien entra."""

    agenda: list[PuntoAgenda]
    grupos: list[Grupo]
    facilitan: list[Entidad]
    acompanan: list[Entidad]
    asistencia: Asistencia
    aportes: list[Dicho]


def leer_ficha(encuentro, usuario):
    """La Ficha de un encuentro que `usuario` ve."""
    suyas = {clase: [] for clase in CLASES}
    for clase, *fila in sorted(_filas(encuentro, usuario), key=lambda fila: fila[:3]):
        suyas[clase].append(fila)
    return Ficha(
        agenda=[
            PuntoAgenda(titulo=titulo, responsables=quienes, subpuntos=sub, inicio=inicio, fin=fin)
            for _, _, titulo, quienes, sub, inicio, fin in suyas[PUNTO]
        ],
        grupos=[
            Grupo(pk=pk, numero=numero, nombre=nombre, estado=estado)
            for numero, pk, nombre, estado, *_ in suyas[GRUPO]
        ],
        facilitan=_entidades(suyas[Facilitacion.Papel.FACILITA]),
        acompanan=_entidades(suyas[Facilitacion.Papel.ACOMPANA]),
        asistencia=de_cuentas(
            (nivel, sexo, cuantos) for cuantos, _, nivel, sexo, *_ in suyas[ASISTENCIA]
        ),
        aportes=[
            Dicho(texto, gad or Aporte(mesa=mesa).de_mesa)
            for _, _, texto, mesa, gad, *_ in suyas[APORTE]
        ],
    )


def _filas(encuentro, usuario):
    """(clase, número, clave, tres textos y dos horas) de cada cosa."""
    grupos = Grupo.objects.visibles_para(usuario).filter(encuentros=encuentro).order_by()
    facilitan = encuentro.facilitaciones.order_by()
    asisten = encuentro.participantes.order_by().values("nivel", "sexo").annotate(n=Count("pk"))
    aportes = encuentro.aportes.vigentes().order_by()
    de_quien = Coalesce("gad__territorio__nombre", VACIO)
    entidad = ("entidad_id", "entidad__nombre", "entidad__siglas")
    # La agenda va primera: de ella toma la unión el tipo de las horas, que las demás no tienen.
    puntos = encuentro.agenda.order_by().values_list(
        Value(PUNTO), "orden", "pk", "titulo", "responsables", "subpuntos", "inicio", "fin"
    )
    return puntos.union(
        grupos.values_list(Value(GRUPO), "numero", "pk", "nombre", "estado", VACIO, *SIN_HORAS),
        facilitan.values_list("papel", CERO, *entidad, VACIO, *SIN_HORAS),
        asisten.values_list(Value(ASISTENCIA), "n", CERO, "nivel", "sexo", VACIO, *SIN_HORAS),
        aportes.values_list(Value(APORTE), "orden", "pk", "texto", "mesa", de_quien, *SIN_HORAS),
        all=True,
    )


def _entidades(filas):
    entidades = [
        Entidad(pk=pk, nombre=nombre, siglas=siglas) for _, pk, nombre, siglas, *_ in filas
    ]
    return sorted(entidades, key=attrgetter("nombre"))
