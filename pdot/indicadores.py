"""Indicadores de la coherencia: cuánto se ha evaluado y qué dicen los planes evaluados.

Cada uno es un cociente con su definición escrita y se mide GAD por GAD, sobre la última evaluación
aprobada de cada GAD vigente. El de un grupo, una zona o el país suma los numeradores y los
denominadores de sus GAD. Con denominador cero no hay porcentaje.

Nadie lee por un agregado lo que no puede ver de uno en uno: si de los GAD que entran en una cifra
hay alguno que no ve, y son menos de `MINIMO`, la cifra se reserva.
"""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber

from acompanamiento.models import Grupo, Membresia
from territorios.jurisdiccion import Permiso
from territorios.models import Gad
from territorios.texto import sin_tildes

from .models import Evaluacion, Informacion, Respuesta, Seccion, Vinculo
from .vinculos import superiores_por_codigo

MINIMO = 3
CAMPOS = ("pk", "territorio__nombre", "nivel", "territorio__zona", "territorio__zona__nombre")
INTERNA, GOBIERNO = Seccion.Mide.INTERNA, Seccion.Mide.GOBIERNO
SI = Count("pk", filter=Q(valor="si"))


@dataclass(frozen=True)
class Indicador:
    """Qué se cuenta (numerador), sobre qué (denominador) y qué queda fuera."""

    codigo: str
    nombre: str
    numerador: str
    denominador: str
    no_cuenta: str
    # Dice algo de lo que está en camino, que no ve quien ve lo aprobado.
    en_camino: bool = False


DE_VINCULOS = "No cuentan los pares sin evaluar ni lo dicho en evaluaciones sin aprobar."
DE_RESPUESTAS = (
    "No cuentan las preguntas sin responder, las que no se hacen a ese nivel ni lo que no está "
    "aprobado."
)
INDICADORES = [
    Indicador(
        "evaluados",
        "Planes evaluados",
        "GAD cuya evaluación del PDOT salió alguna vez a revisión.",
        "GAD vigentes.",
        "No cuentan los borradores que su GAD todavía no envía.",
        en_camino=True,
    ),
    Indicador(
        "aprobados",
        "Planes con evaluación aprobada",
        "GAD con alguna evaluación aprobada.",
        "GAD vigentes.",
        "No cuentan las enviadas ni las devueltas.",
    ),
    Indicador(
        "pares",
        "Pares de planes comparados",
        "Pares con los planes de su cantón o su provincia que el GAD evaluó.",
        "Pares que se esperan: dos por GAD parroquial y uno por GAD municipal.",
        "No cuentan los vínculos con planes de otros territorios.",
    ),
    Indicador(
        "vinculos-si",
        "Vínculos: se vincula",
        "Pares de planes con SÍ.",
        "Pares de planes evaluados.",
        DE_VINCULOS,
    ),
    Indicador(
        "vinculos-parcial",
        "Vínculos: en parte",
        "Pares de planes con PARCIAL.",
        "Pares de planes evaluados.",
        DE_VINCULOS,
    ),
    Indicador(
        "vinculos-no",
        "Vínculos: no se vincula",
        "Pares de planes con NO.",
        "Pares de planes evaluados.",
        DE_VINCULOS,
    ),
    Indicador(
        "interna",
        "Coherencia interna",
        "Respuestas SÍ a las preguntas de coherencia interna.",
        "Respuestas de escala a esas preguntas.",
        DE_RESPUESTAS,
    ),
    Indicador(
        "interna-vision",
        "Coherencia interna: visión",
        "Respuestas SÍ a las preguntas sobre la visión.",
        "Respuestas de escala a las preguntas de coherencia interna sobre la visión.",
        DE_RESPUESTAS,
    ),
    Indicador(
        "interna-objetivos",
        "Coherencia interna: objetivos",
        "Respuestas SÍ a las preguntas sobre los objetivos estratégicos.",
        "Respuestas de escala a las preguntas de coherencia interna sobre los objetivos.",
        DE_RESPUESTAS,
    ),
    Indicador(
        "interna-gestion",
        "Coherencia interna: modelo de gestión",
        "Respuestas SÍ a las preguntas sobre el modelo de gestión.",
        "Respuestas de escala a las preguntas de coherencia interna sobre el modelo de gestión.",
        DE_RESPUESTAS,
    ),
    Indicador(
        "sin-proveedor",
        "Información requerida sin proveedor",
        "GAD que requieren al menos un dato y no dicen quién lo provee.",
        "GAD con evaluación aprobada que requieren algún dato.",
        "No cuenta la información con que ya se cuenta.",
    ),
    Indicador(
        "gobierno",
        "Programa de gobierno evaluado",
        "GAD que respondieron algo de las secciones del plan de gobierno local.",
        "GAD con evaluación aprobada.",
        "No cuentan las evaluaciones sin aprobar.",
    ),
]
POR_CODIGO = {indicador.codigo: indicador for indicador in INDICADORES}
# Cómo empieza el componente de las preguntas que mide cada uno.
DE_COMPONENTE = {"visi": "interna-vision", "obje": "interna-objetivos", "mode": "interna-gestion"}


@dataclass(slots=True)
class GadMedido:
    """Un GAD con sus cocientes: {indicador: (numerador, denominador)}, sin los que dan (0, 0)."""

    codigo: str
    nombre: str
    nivel: str
    zona: int
    nombre_zona: str
    aprobada: int | None
    grupos: tuple[int, ...] = ()
    cifras: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def provincia(self):
        return self.codigo[:2]

    @property
    def url(self):
        return Gad(pk=self.codigo).get_absolute_url()

    def sumar(self, indicador, numerador, denominador):
        n, de = self.cifras.get(indicador, (0, 0))
        self.cifras[indicador] = (n + numerador, de + denominador)


@dataclass(frozen=True, slots=True)
class Cociente:
    """Numerador y denominador de un conjunto de GAD; `reservado` si no se puede decir."""

    n: int = 0
    de: int = 0
    reservado: bool = False

    @property
    def porcentaje(self):
        return None if self.reservado or not self.de else 100 * self.n / self.de


class Medicion:
    """Lo medido y lo que de ello puede leer quien mira.

    `contado`: de cuándo es la más vieja de las cifras guardadas; None si se contó ahora.
    """

    def __init__(self, usuario, gads=None):
        self.contado = None
        if gads is None:
            gads, self.contado = leer()
        self.gads = gads
        self._visibles = {
            False: _codigos_visibles(usuario, self.gads),
            True: _codigos_en_camino(usuario, self.gads),
        }

    def ve(self, gad, indicador):
        """Si puede leer lo de ese GAD, y no solo un agregado."""
        visibles = self._visibles[indicador.en_camino]
        return visibles is None or gad.codigo in visibles

    def cociente(self, indicador, gads):
        """El de esos GAD. Se reserva si de él, o de restarlo al país, se leería lo ajeno."""
        ajenos = self._ajenos(indicador, gads)
        del_resto = self._ajenos(indicador, self.gads) - ajenos
        if 0 < ajenos < MINIMO or (ajenos and 0 < del_resto < MINIMO):
            return Cociente(reservado=True)
        return _sumar(indicador, gads)

    def nacional(self, indicador):
        return self.cociente(indicador, self.gads)

    def desagregar(self, indicador, gads, clave):
        """[(clave, cuántos GAD, Cociente)] en orden. Una reservada sola se leería restando del
        total las demás: entonces se reserva también la que menos ajenos tenga."""
        partes = {}
        for gad in gads:
            for valor in clave(gad):
                partes.setdefault(valor, []).append(gad)
        ajenos = {valor: self._ajenos(indicador, suyos) for valor, suyos in partes.items()}
        reservadas = {valor for valor, cuantos in ajenos.items() if 0 < cuantos < MINIMO}
        restantes = sorted((n, valor) for valor, n in ajenos.items() if n >= MINIMO)
        if restantes and 0 < sum(ajenos[valor] for valor in reservadas) < MINIMO:
            reservadas.add(restantes[0][1])
        return [
            (
                valor,
                len(suyos),
                Cociente(reservado=True) if valor in reservadas else _sumar(indicador, suyos),
            )
            for valor, suyos in sorted(partes.items())
        ]

    def _ajenos(self, indicador, gads):
        visibles = self._visibles[indicador.en_camino]
        if visibles is None:
            return 0
        codigo = indicador.codigo
        return sum(codigo in gad.cifras and gad.codigo not in visibles for gad in gads)


def _sumar(indicador, gads):
    n = de = 0
    for gad in gads:
        if par := gad.cifras.get(indicador.codigo):
            n, de = n + par[0], de + par[1]
    return Cociente(n, de)


def _codigos_visibles(usuario, gads):
    """Los códigos que ve de uno en uno, o None si son todos. Una consulta, o ninguna."""
    if usuario.ve_el_pais:
        return None
    grupos = Grupo.objects.visibles_para(usuario)
    miembros = Membresia.objects.acompanados().filter(grupo__in=grupos)
    codigos = set(miembros.values_list("gad", flat=True))
    if usuario.gad_id:
        return codigos | {usuario.gad_id}
    return codigos | _de_la_zona(usuario, gads)


def _codigos_en_camino(usuario, gads):
    """De quiénes ve lo que está en camino, o None si son todos: su GAD, y quien lo revisa."""
    if usuario.gad_id:
        return {usuario.gad_id}
    if not usuario.puede(Permiso.REVISAR_EVALUACION):
        return set()
    return None if usuario.ve_el_pais else _de_la_zona(usuario, gads)


def _de_la_zona(usuario, gads):
    zona = usuario.zona_id
    return {gad.codigo for gad in gads if gad.zona == zona}


# --- Medir --------------------------------------------------------------------------------------


def leer():
    """([GadMedido] de los GAD vigentes, de cuándo son). Dos consultas de lo guardado.

    Si de alguno no hay nada guardado se cuenta todo en el momento: una plataforma recién puesta en
    marcha, o que no lanza la orden de cada noche, muestra siempre lo de ahora.
    """
    filas = list(
        Gad.objects.vigentes()
        .order_by("pk")
        .values_list(*CAMPOS, "cifras__aprobada", "cifras__cifras", "cifras__contado")
    )
    fechas = [contado for *_, contado in filas]
    if not filas or None in fechas:
        return medir(), None
    gads = {}
    for *datos, cifras, _ in filas:
        gads[datos[0]] = GadMedido(*datos, cifras={i: tuple(par) for i, par in cifras.items()})
    _poner_grupos(gads)
    return list(gads.values()), min(fechas)


def medir(codigos=None):
    """[GadMedido] de esos GAD, o de todos los vigentes. Cinco consultas, agregadas en la base."""
    de = Evaluacion.objects.filter(estado=Evaluacion.Estado.APROBADA)
    gads = Gad.objects.vigentes()
    if codigos is not None:
        de, gads = de.filter(pdot__gad__in=codigos), gads.filter(pk__in=codigos)
    gads = {gad.codigo: gad for gad in _gads(gads)}
    ultimas = _ultimas(de)
    _contar_vinculos(gads, ultimas)
    _contar_respuestas(gads, ultimas)
    _contar_informacion(gads, ultimas)
    _poner_grupos(gads)
    return list(gads.values())


def _gads(gads):
    de_este = Evaluacion.objects.filter(pdot__gad=OuterRef("pk"))
    aprobadas = de_este.filter(estado=Evaluacion.Estado.APROBADA)
    ultima = aprobadas.order_by("-pdot__anio_desde", "-numero").values("pk")[:1]
    salio = de_este.exclude(estado=Evaluacion.Estado.BORRADOR)
    filas = gads.annotate(ultima=Subquery(ultima), salio=Exists(salio)).order_by("pk")
    for *datos, aprobada, evaluado in filas.values_list(*CAMPOS, "ultima", "salio"):
        gad = GadMedido(*datos, aprobada)
        gad.sumar("evaluados", int(evaluado), 1)
        gad.sumar("aprobados", int(aprobada is not None), 1)
        esperados = len(superiores_por_codigo(Gad(pk=gad.codigo, nivel=gad.nivel)))
        if esperados:
            gad.sumar("pares", 0, esperados)
        if aprobada:
            gad.sumar("gobierno", 0, 1)
        yield gad


def _ultimas(aprobadas):
    """Las claves de la última de cada GAD, para usar en otra consulta."""
    en_orden = [F("pdot__anio_desde").desc(), F("numero").desc()]
    lugar = Window(RowNumber(), partition_by=F("pdot__gad"), order_by=en_orden)
    return aprobadas.order_by().annotate(lugar=lugar).filter(lugar=1).values("pk")


def _contar_vinculos(gads, ultimas):
    filas = (
        Vinculo.objects.filter(evaluacion__in=ultimas)
        .exclude(valor="")
        .order_by()
        .values_list("evaluacion__pdot__gad")
        .annotate(
            si=SI,
            parcial=Count("pk", filter=Q(valor="parcial")),
            no=Count("pk", filter=Q(valor="no")),
            todos=Count("pk"),
            propios=Count(
                "pk", filter=Q(evaluacion__pdot__gad__territorio__codigo__startswith=F("con"))
            ),
        )
    )
    for codigo, si, parcial, no, todos, propios in filas:
        gad = gads.get(codigo)
        if gad is None:
            continue
        for indicador, cuantos in (("si", si), ("parcial", parcial), ("no", no)):
            gad.sumar(f"vinculos-{indicador}", cuantos, todos)
        gad.sumar("pares", propios, 0)


def _contar_respuestas(gads, ultimas):
    filas = (
        Respuesta.objects.filter(
            evaluacion__in=ultimas, pregunta__seccion__mide__in=[INTERNA, GOBIERNO]
        )
        .order_by()
        .values_list("evaluacion__pdot__gad", "pregunta__seccion__mide", "pregunta__componente")
        .annotate(
            si=SI,
            de_escala=Count("pk", filter=~Q(valor="")),
            respondidas=Count("pk", filter=~Q(valor="") | ~Q(texto="")),
        )
    )
    con_programa = set()
    for codigo, mide, componente, si, de_escala, respondidas in filas:
        if codigo not in gads:
            continue
        if mide == GOBIERNO and respondidas:
            con_programa.add(codigo)
        elif mide == INTERNA and de_escala:
            gads[codigo].sumar("interna", si, de_escala)
            if propio := DE_COMPONENTE.get(sin_tildes(componente)[:4]):
                gads[codigo].sumar(propio, si, de_escala)
    for codigo in con_programa:
        gads[codigo].sumar("gobierno", 1, 0)


def _contar_informacion(gads, ultimas):
    requerida = Informacion.objects.filter(
        evaluacion__in=ultimas, situacion=Informacion.Situacion.REQUIERE
    )
    sin_proveedor = Count("pk", filter=Q(proveedor="", proveedor_gad__isnull=True))
    por_gad = requerida.order_by().values_list("evaluacion__pdot__gad").annotate(n=sin_proveedor)
    for codigo, sin_quien in por_gad:
        if codigo in gads:
            gads[codigo].sumar("sin-proveedor", int(sin_quien > 0), 1)


def _poner_grupos(gads):
    # Sin orden: con él, SQLite recorre todas las membresías por el índice de sus grupos.
    miembros = Membresia.objects.acompanados().order_by()
    for codigo, grupo in miembros.values_list("gad", "grupo"):
        if codigo in gads:
            gads[codigo].grupos += (grupo,)
