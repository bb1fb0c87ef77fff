"""Lo que se puede leer por la API, ruta por ruta."""

from datetime import date
from typing import Annotated, Literal

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.http import Http404
from django.utils import timezone
from ninja import Query

from acompanamiento.models import Estrategia, Grupo, Membresia
from talleres.models import Encuentro
from territorios.models import DocumentoEmitido, Gad

from .api import FALLAS, api, traer
from .api_esquemas import (
    DocumentoSalida,
    Escalones,
    GadDetalle,
    GrupoDetalle,
    IndicadorSalida,
    PaginaDeEncuentros,
    PaginaDeEvaluaciones,
    PaginaDeGad,
    PaginaDeGrupos,
    Resumen,
)
from .cobertura import contar, leer_gads, marcar
from .escalones import Escalon
from .indicadores import INDICADORES, Medicion
from .models import Evaluacion, Paso
from .resumen import resumir

DE_UNA_VEZ = 100
Limite = Annotated[int, Query(ge=1, le=500, description="Cuántos por página")]
Despues = Annotated[int, Query(ge=0, description="El «siguiente» de la página anterior")]
CodigoDeEstrategia = Annotated[str, Query(max_length=40, description="Código de la estrategia")]
NumeroDeZona = Annotated[int | None, Query(ge=1, le=9, description="Zona de planificación")]
ESTADOS_DE_GRUPO = tuple(Grupo.Estado.values)


def ruta(camino, salida, titulo):
    """Una ruta GET con su forma, sus fallas y su título en la referencia."""
    return api.get(camino, response={200: salida, **FALLAS}, summary=titulo)


def _cortar(filas, limite, clave):
    """(las de esta página, la clave desde la que sigue o None). Se pide una de más."""
    filas = list(filas[: limite + 1])
    hay_mas = len(filas) > limite
    return filas[:limite], clave(filas[limite - 1]) if hay_mas else None


def _pk(fila):
    return fila.pk


# --- Cifras -------------------------------------------------------------------------------------


@ruta("/resumen", Resumen, "Resumen: la DPA y el avance del acompañamiento")
def resumen(
    request, fecha: Annotated[date | None, Query(description="Por omisión, hoy: AAAA-MM-DD")] = None
):
    """Las mismas cifras que la orden «resumen»: del país o, con una llave de zona, de ella."""
    return resumir(fecha or timezone.localdate(), request.auth.zona)


DIVISIONES = {
    "todo": lambda gad: "todo",
    "zona": lambda gad: str(gad.zona),
    "provincia": lambda gad: gad.codigo_provincia,
    "nivel": lambda gad: gad.nivel,
}


@ruta("/cobertura", list[Escalones], "Cobertura: cuántos GAD alcanzaron cada escalón")
def cobertura(
    request,
    por: Annotated[
        Literal["todo", "zona", "provincia", "nivel"], Query(description="Cómo se parte")
    ] = "todo",
    estrategia: CodigoDeEstrategia = "",
):
    """Las mismas cifras que la página de cobertura, vistas por quien observa."""
    usuario = request.auth.lector
    if estrategia:
        traer(Estrategia.objects.visibles_para(usuario), codigo=estrategia)
    gads = leer_gads(usuario)
    marcar(gads, usuario, estrategia)
    return [
        {
            "clave": clave,
            "gad": recuento.total,
            "escalones": {uno.value: recuento.marcas[uno] for uno in Escalon},
            "base": {uno.value: recuento.base(uno) for uno in Escalon},
        }
        for clave, recuento in sorted(contar(gads.values(), DIVISIONES[por]).items())
    ]


@ruta("/indicadores", list[IndicadorSalida], "Indicadores de coherencia")
def indicadores(request):
    """De los GAD de la llave y del país, sobre la última evaluación aprobada de cada GAD."""
    llave = request.auth
    medicion = Medicion(llave.lector)
    gads = [gad for gad in medicion.gads if llave.zona_id in (None, gad.zona)]
    return [_indicador(medicion, uno, gads) for uno in INDICADORES]


def _indicador(medicion, uno, gads):
    propio, nacional = medicion.cociente(uno, gads), medicion.nacional(uno)
    return {
        "codigo": uno.codigo,
        "nombre": uno.nombre,
        "que_se_cuenta": uno.numerador,
        "sobre_que": uno.denominador,
        "numerador": None if propio.reservado else propio.n,
        "denominador": None if propio.reservado else propio.de,
        "nacional_numerador": None if nacional.reservado else nacional.n,
        "nacional_denominador": None if nacional.reservado else nacional.de,
    }


# --- GAD ----------------------------------------------------------------------------------------


@ruta("/gad", PaginaDeGad, "Directorio de GAD")
def gads(
    request,
    zona: NumeroDeZona = None,
    provincia: Annotated[str, Query(pattern=r"^(\d{2})?$", description="Dos cifras")] = "",
    nivel: Annotated[
        Literal["", "provincial", "regimen_especial", "municipal", "metropolitano", "parroquial"],
        Query(description="Nivel"),
    ] = "",
    q: Annotated[str, Query(max_length=80, description="Nombre, sin tildes, o código")] = "",
    despues: Annotated[str, Query(max_length=6, description="El «siguiente» anterior")] = "",
    limite: Limite = DE_UNA_VEZ,
):
    """La división político-administrativa es pública: cualquier llave la lee entera."""
    hallados = Gad.objects.visibles_para(request.auth.lector).vigentes()
    if zona:
        hallados = hallados.filter(territorio__zona=zona)
    if provincia:
        hallados = hallados.filter(territorio__codigo__startswith=provincia)
    if nivel:
        hallados = hallados.filter(nivel=nivel)
    if q := q.replace("\0", "").strip():
        hallados = hallados.buscar(q)
    en_orden = hallados.filter(pk__gt=despues.replace("\0", "")).para_lista().order_by("pk")
    filas, siguiente = _cortar(en_orden, limite, _pk)
    return {"resultados": map(_gad, filas), "siguiente": siguiente}


def _gad(gad):
    lugar = gad.territorio
    return {
        "codigo": gad.pk,
        "nombre": lugar.nombre,
        "nombre_oficial": gad.nombre_oficial,
        "nivel": gad.nivel,
        "zona": lugar.zona_id,
        "provincia": lugar.provincia.nombre,
        "canton": lugar.canton.nombre if lugar.canton else None,
        "longitud": lugar.lon,
        "latitud": lugar.lat,
    }


@ruta("/gad/{codigo}", GadDetalle, "Un GAD: hasta dónde llegó y qué dicen sus cifras")
def un_gad(request, codigo: str):
    usuario = request.auth.lector
    visibles = Gad.objects.visibles_para(usuario).vigentes()
    gad = traer(visibles.para_lista(), pk=codigo.replace("\0", ""))
    cubiertos = {uno: fila for uno, fila in leer_gads(usuario).items() if uno == gad.pk}
    marcar(cubiertos, usuario)
    cubierto = cubiertos.get(gad.pk)
    return _gad(gad) | {
        "escalones": sorted(cubierto.marcas, key=Escalon.orden) if cubierto else [],
        "grupos": [grupo.pk for grupo in cubierto.grupos] if cubierto else [],
        "indicadores": _cifras(usuario).get(gad.pk, {}),
    }


def _cifras(usuario):
    """{código: {indicador: (numerador, denominador)}} de lo que puede leer uno por uno."""
    medicion = Medicion(usuario)
    return {
        gad.codigo: {
            uno.codigo: gad.cifras[uno.codigo]
            for uno in INDICADORES
            if uno.codigo in gad.cifras and medicion.ve(gad, uno)
        }
        for gad in medicion.gads
    }


# --- Grupos y encuentros ------------------------------------------------------------------------


@ruta("/grupos", PaginaDeGrupos, "Grupos circunvecinos")
def grupos(
    request,
    estrategia: CodigoDeEstrategia = "",
    estado: Annotated[Literal["", *ESTADOS_DE_GRUPO], Query(description="Estado")] = "",
    despues: Despues = 0,
    limite: Limite = DE_UNA_VEZ,
):
    hallados = Grupo.objects.visibles_para(request.auth.lector)
    if estrategia:
        hallados = hallados.filter(estrategia__codigo=estrategia)
    if estado:
        hallados = hallados.filter(estado=estado)
    en_orden = hallados.filter(pk__gt=despues).para_lista().order_by("pk")
    filas, siguiente = _cortar(en_orden, limite, _pk)
    return {"resultados": map(_grupo, filas), "siguiente": siguiente}


def _grupo(grupo):
    return {
        "id": grupo.pk,
        "estrategia": grupo.estrategia.codigo,
        "numero": grupo.numero,
        "nombre": grupo.nombre,
        "estado": grupo.estado,
        "zona": grupo.zona_id,
        "codigo_sede": grupo.sede_id,
        "provinciales": grupo.provinciales,
        "municipales": grupo.municipales,
        "parroquiales": grupo.parroquiales,
    }


@ruta("/grupos/{int:clave}", GrupoDetalle, "Un grupo: sus miembros y sus acuerdos en cifras")
def un_grupo(request, clave: int):
    usuario = request.auth.lector
    grupo = traer(Grupo.objects.visibles_para(usuario).para_lista(), pk=clave)
    miembros = Membresia.objects.vigentes_en().filter(grupo=grupo)
    encuentros = Encuentro.objects.visibles_para(usuario).filter(grupos=grupo)
    return _grupo(grupo) | {
        "miembros": list(miembros.order_by("gad").values_list("gad", flat=True)),
        "acuerdos": _por_estado(grupo.acuerdos),
        "encuentros": _por_estado(encuentros),
    }


def _por_estado(filas):
    cuentas = filas.order_by().values_list("estado").annotate(n=Count("pk", distinct=True))
    return dict(cuentas)


@ruta("/encuentros", PaginaDeEncuentros, "Encuentros, sin nombres ni temas")
def encuentros(
    request,
    estrategia: CodigoDeEstrategia = "",
    desde: date | None = None,
    hasta: date | None = None,
    despues: Despues = 0,
    limite: Limite = DE_UNA_VEZ,
):
    usuario = request.auth.lector
    pedido = {
        "estrategia__codigo": estrategia or None,
        "fecha__gte": desde,
        "fecha__lte": hasta,
    }
    filtros = {campo: valor for campo, valor in pedido.items() if valor is not None}
    hallados = Encuentro.objects.visibles_para(usuario).filter(pk__gt=despues, **filtros)
    vistos = Prefetch("grupos", Grupo.objects.visibles_para(usuario).order_by("pk"))
    con_lo_suyo = hallados.para_cronograma().select_related("estrategia").prefetch_related(vistos)
    filas, siguiente = _cortar(con_lo_suyo.order_by("pk"), limite, _pk)
    return {"resultados": map(_encuentro, filas), "siguiente": siguiente}


def _encuentro(encuentro):
    iguales = ("fecha", "jornada", "tipo", "clase", "estado", "modalidad", "provinciales")
    iguales += ("municipales", "parroquiales", "participantes_declarados")
    return {campo: getattr(encuentro, campo) for campo in iguales} | {
        "id": encuentro.pk,
        "estrategia": encuentro.estrategia.codigo,
        "codigo_canton": encuentro.canton_id,
        "codigo_gad": encuentro.gad_id,
        "grupos": [grupo.pk for grupo in encuentro.grupos.all()],
    }


# --- Evaluaciones y documentos ------------------------------------------------------------------


@ruta("/evaluaciones", PaginaDeEvaluaciones, "Evaluaciones aprobadas, en cifras")
def evaluaciones(
    request,
    zona: NumeroDeZona = None,
    despues: Despues = 0,
    limite: Limite = DE_UNA_VEZ,
):
    """La última aprobada de cada GAD, sin las respuestas.

    Una llave de zona lee además las de otra por compartir un grupo: cada una dice la zona de su GAD
    y «zona» deja solo las de una, que son las que cuenta el resumen.
    """
    usuario = request.auth.lector
    aprobadas = Evaluacion.objects.visibles_para(usuario).filter(estado=Evaluacion.Estado.APROBADA)
    ultima = aprobadas.filter(pdot__gad=OuterRef("pdot__gad"))
    ultima = ultima.order_by("-pdot__anio_desde", "-numero").values("pk")[:1]
    pasos = Paso.objects.filter(evaluacion=OuterRef("pk"), a=Evaluacion.Estado.APROBADA)
    hallados = aprobadas.filter(pk=Subquery(ultima), pk__gt=despues)
    if zona:
        hallados = hallados.de_zona(zona)
    en_orden = (
        hallados.annotate(aprobada=Subquery(pasos.order_by("-pk").values("cuando")[:1]))
        .select_related("pdot__gad__territorio")
        .order_by("pk")
    )
    filas, siguiente = _cortar(en_orden, limite, _pk)
    cifras = _cifras(usuario) if filas else {}
    return {
        "resultados": [_evaluacion(una, cifras.get(una.pdot.gad_id, {})) for una in filas],
        "siguiente": siguiente,
    }


def _evaluacion(una, cifras):
    return {
        "id": una.pk,
        "codigo_gad": una.pdot.gad_id,
        "zona": una.pdot.gad.territorio.zona_id,
        "pdot_desde": una.pdot.anio_desde,
        "pdot_hasta": una.pdot.anio_hasta,
        "version": una.numero,
        "aprobada": una.aprobada,
        "indicadores": cifras,
    }


@ruta("/documentos/{codigo}", DocumentoSalida, "Comprobar un documento emitido por su código")
def documento(request, codigo: str):
    """Lo mismo que dice la página pública de comprobación; el archivo no se entrega."""
    hallado = DocumentoEmitido.objects.de_codigo(codigo.replace("\0", ""))
    if hallado is None:
        raise Http404
    return {
        "codigo": hallado.codigo_legible,
        "numero": hallado.numero_legible,
        "clase": hallado.clase,
        "titulo": hallado.titulo,
        "emitido": hallado.emitido,
        "sha256": hallado.sha256,
        "bytes": hallado.tamano,
    }
