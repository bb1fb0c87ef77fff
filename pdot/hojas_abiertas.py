"""Lo que se publica como datos abiertos: cada columna está escrita aquí, y lo que no está no sale.

Solo hechos y cifras: qué territorio, qué grupo, qué día, cuántos. Nunca personas, contactos ni
textos que alguien escribió sobre un GAD (temas, lugares, motivos, respuestas, observaciones). Los
únicos nombres son los de la DPA, las estrategias, los grupos conformados y los catálogos de hitos.
Se lee con el alcance de quien observa el país. `tests/pdot/test_datos_abiertos.py` siembra un texto
único en cada campo de la base y comprueba que solo aparecen los de `NOMBRES`.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, OuterRef, Q, Subquery

from acompanamiento.models import Acuerdo, Grupo, HitoGrupo, Membresia
from talleres.models import Encuentro
from territorios.hojas import CIFRAS
from territorios.hojas_de_calculo import (
    CODIGO,
    DECIMAL,
    DPA,
    NUMERO,
    Columna,
    HojaDeObjetos,
    de_fila,
    fecha,
    numero,
)
from territorios.models import Gad, Usuario
from territorios.models.usuario import lector

from .cobertura import leer_gads, marcar
from .escalones import Escalon
from .indicadores import INDICADORES, Medicion
from .models import CumplimientoProceso, Evaluacion
from .resumen import resumir

# Los campos de texto que se publican; todo otro campo de texto de la base se queda en la base.
NOMBRES = {
    "territorios.Territorio.nombre",
    "territorios.Gad.nombre_oficial",
    "acompanamiento.Estrategia.codigo",
    "acompanamiento.Grupo.nombre",
    "acompanamiento.Hito.clave",
    "acompanamiento.Hito.nombre",
    "pdot.HitoProceso.clave",
    "pdot.HitoProceso.nombre",
}


@dataclass
class Lectura:
    """Con qué ojos y a qué fecha se lee, y lo que varias hojas comparten."""

    hoy: object
    usuario: Usuario = field(default_factory=lector)

    @cached_property
    def medicion(self):
        return Medicion(self.usuario)

    @cached_property
    def publicables(self):
        """Los indicadores que no dicen nada de lo que todavía está en camino."""
        return [indicador for indicador in INDICADORES if not indicador.en_camino]


def _codigo_de_gad(camino):
    return Columna("codigo_gad", camino, "Código del GAD en la DPA", CODIGO, CIFRAS, DPA)


def _gad(camino):
    return (
        _codigo_de_gad(f"{camino}__pk"),
        Columna("gad", f"{camino}__territorio__nombre", "Nombre del territorio", fuente=DPA),
    )


def _grupo(camino):
    return (
        Columna("estrategia", f"{camino}estrategia__codigo", "Código de la estrategia"),
        numero("grupo", f"{camino}numero", "Número del grupo en su estrategia"),
    )


# --- Consultas ----------------------------------------------------------------------------------


def _gads(lectura):
    return Gad.objects.visibles_para(lectura.usuario).vigentes_en(lectura.hoy).para_lista()


def _conformados(lectura):
    return Grupo.objects.visibles_para(lectura.usuario).conformados()


def _grupos(lectura):
    return _conformados(lectura).para_lista().order_by("estrategia__codigo", "numero")


def _membresias(lectura):
    en_ellos = Membresia.objects.filter(grupo__in=_conformados(lectura))
    relacionadas = en_ellos.select_related("grupo__estrategia", "gad__territorio")
    return relacionadas.order_by("grupo__estrategia__codigo", "grupo__numero", "gad", "desde")


def _encuentros(lectura):
    vistos = Encuentro.objects.visibles_para(lectura.usuario)
    realizados = vistos.filter(estado=Encuentro.Estado.REALIZADO).para_cronograma()
    relacionados = realizados.select_related("estrategia", "canton").prefetch_related("grupos")
    return relacionados.order_by("estrategia__codigo", "fecha", "jornada", "pk")


def _evaluaciones(lectura):
    """La última aprobada de cada GAD, con el día en que se aprobó si consta."""
    aprobadas = Evaluacion.objects.visibles_para(lectura.usuario).filter(
        estado=Evaluacion.Estado.APROBADA
    )
    del_gad = aprobadas.filter(pdot__gad=OuterRef("pdot__gad"))
    ultima = del_gad.order_by("-pdot__anio_desde", "-numero").values("pk")[:1]
    pasos = Evaluacion.pasos.rel.related_model.objects.filter(
        evaluacion=OuterRef("pk"), a=Evaluacion.Estado.APROBADA
    )
    return (
        aprobadas.filter(pk=Subquery(ultima))
        .annotate(aprobada=Subquery(pasos.order_by("-pk").values("cuando")[:1]))
        .select_related("pdot__gad__territorio", "instrumento")
        .order_by("pdot__gad")
    )


def _indicadores(lectura):
    return [(uno, lectura.medicion.nacional(uno)) for uno in lectura.publicables]


def _por_gad(lectura):
    """(GAD, indicador, numerador, denominador) de los que tienen algo que contar."""
    for gad in lectura.medicion.gads:
        for indicador in lectura.publicables:
            if indicador.codigo in gad.cifras and lectura.medicion.ve(gad, indicador):
                yield gad, indicador, *gad.cifras[indicador.codigo]


def _cobertura(lectura):
    gads = leer_gads(lectura.usuario)
    marcar(gads, lectura.usuario)
    return gads.values()


def _hitos(lectura):
    vistos = CumplimientoProceso.objects.visibles_para(lectura.usuario)
    return vistos.select_related("hito", "gad__territorio").order_by("gad", "hito__orden")


def _hoja_de_ruta(lectura):
    vistos = HitoGrupo.objects.visibles_para(lectura.usuario)
    de_ellos = vistos.filter(grupo__in=_conformados(lectura))
    miembro = Q(cumplimientos__gad__in=_miembros_del_grupo())
    return (
        de_ellos.select_related("grupo__estrategia", "hito")
        .annotate(cumplidos=Count("cumplimientos", filter=miembro, distinct=True))
        .order_by("grupo__estrategia__codigo", "grupo__numero", "hito__orden")
    )


def _miembros_del_grupo():
    return Membresia.objects.vigentes_en().filter(grupo=OuterRef("grupo")).values("gad")


def _acuerdos(lectura):
    """(estrategia, grupo, estado, cuántos) en orden."""
    vistos = Acuerdo.objects.visibles_para(lectura.usuario)
    filas = vistos.filter(grupo__in=_conformados(lectura)).order_by(
        "grupo__estrategia__codigo", "grupo__numero", "estado"
    )
    return filas.values_list("grupo__estrategia__codigo", "grupo__numero", "estado").annotate(
        cuantos=Count("pk")
    )


def _zonas(lectura):
    return list(resumir(lectura.hoy)["zonas"].items())


# --- Las hojas ----------------------------------------------------------------------------------


def _numeros(encuentro):
    return ", ".join(str(grupo.numero) for grupo in encuentro.grupos.all())


def _si(condicion):
    return "sí" if condicion else "no"


def _alcanzo(escalon, nombre):
    def leer(gad):
        if escalon.solo_de not in ("", gad.nivel):
            return "no aplica"
        return _si(escalon in gad.marcas)

    return de_fila(nombre, f"Si alcanzó «{escalon.label}»", leer, valores="sí / no / no aplica")


def _de_zona(nombre, que):
    return de_fila(nombre, que, lambda par: par[1][nombre], tipo=NUMERO, valores="0…", fuente=DPA)


ABIERTAS = (
    HojaDeObjetos(
        "gad",
        "Gobiernos autónomos descentralizados",
        "Una fila por GAD vigente el día de la publicación.",
        (
            _codigo_de_gad("pk"),
            Columna("gad", "territorio__nombre", "Nombre del territorio"),
            Columna("nombre_oficial", "nombre_oficial", "Cómo se llama el GAD"),
            Columna("nivel", "nivel", "Nivel", valores=" / ".join(Gad.Nivel.values)),
            numero("zona", "territorio__zona_id", "Zona de planificación"),
            Columna("provincia", "territorio__provincia__nombre", "Provincia"),
            Columna("canton", "territorio__canton__nombre", "Cantón; vacío en las provincias"),
            Columna("longitud", "territorio__lon", "Punto interior, WGS84", DECIMAL, "Grados"),
            Columna("latitud", "territorio__lat", "Punto interior, WGS84", DECIMAL, "Grados"),
        ),
        _gads,
        lugar=lambda gad: gad.pk,
        fuente=DPA,
    ),
    HojaDeObjetos(
        "zonas",
        "División político-administrativa por zona",
        "Una fila por zona de planificación, con lo que reúne el día de la publicación.",
        (
            de_fila(
                "zona", "Número de la zona", lambda par: int(par[0]), tipo=NUMERO, valores="1 a 9"
            ),
            _de_zona("provincias", "Provincias"),
            _de_zona("cantones", "Cantones"),
            _de_zona("parroquias_rurales", "Parroquias rurales"),
            _de_zona("gad", "GAD"),
        ),
        _zonas,
        fuente=DPA,
    ),
    HojaDeObjetos(
        "grupos",
        "Grupos circunvecinos",
        "Una fila por grupo conformado, en marcha o cerrado.",
        (
            *_grupo(""),
            Columna("nombre", "nombre", "Nombre del grupo"),
            Columna("estado", "estado", "En qué va", valores=" / ".join(Grupo.CONFORMADOS)),
            numero("zona", "zona_id", "Zona que lo coordina"),
            Columna("codigo_sede", "sede_id", "Cantón sede", CODIGO, "4 cifras", DPA),
            Columna("sede", "sede__nombre", "Nombre del cantón sede", fuente=DPA),
            numero("provinciales", "provinciales", "GAD provinciales que lo integran hoy"),
            numero("municipales", "municipales", "GAD municipales que lo integran hoy"),
            numero("parroquiales", "parroquiales", "GAD parroquiales que lo integran hoy"),
        ),
        _grupos,
        lugar=lambda grupo: grupo.sede_id,
    ),
    HojaDeObjetos(
        "membresias",
        "Membresías de los grupos",
        "Una fila por GAD y período en un grupo conformado.",
        (
            *_grupo("grupo__"),
            *_gad("gad"),
            fecha("desde", "desde", "Primer día"),
            fecha("hasta", "hasta", "Día en que salió; vacío si sigue"),
        ),
        _membresias,
        lugar=lambda una: una.gad_id,
    ),
    HojaDeObjetos(
        "encuentros",
        "Encuentros realizados",
        "Una fila por encuentro realizado. Sin tema, lugar ni nombres.",
        (
            Columna("estrategia", "estrategia__codigo", "Código de la estrategia"),
            fecha("fecha", "fecha", "Día"),
            Columna("jornada", "jornada", "Mañana o tarde", valores="manana / tarde"),
            Columna("tipo", "tipo", "M1, M2, M3 o C", valores=" / ".join(Encuentro.Tipo.values)),
            Columna("clase", "clase", "De los complementarios", valores="Véase el LEEME"),
            Columna("modalidad", "modalidad", "Cómo", valores="presencial / virtual / mixta"),
            Columna("codigo_canton", "canton_id", "Cantón", CODIGO, "4 cifras", DPA),
            Columna("canton", "canton__nombre", "Nombre del cantón", fuente=DPA),
            de_fila("grupos", "Números de los grupos que reunió", _numeros),
            Columna("codigo_gad", "gad_id", "GAD con que se dialogó", CODIGO, CIFRAS, DPA),
            numero("provinciales", "provinciales", "GAD provinciales convocados"),
            numero("municipales", "municipales", "GAD municipales convocados"),
            numero("parroquiales", "parroquiales", "GAD parroquiales convocados"),
            numero(
                "participantes_declarados",
                "participantes_declarados",
                "Total de participantes que consta cuando no hay nómina",
            ),
        ),
        _encuentros,
        lugar=lambda encuentro: encuentro.canton_id,
    ),
    HojaDeObjetos(
        "cobertura",
        "Cobertura del acompañamiento",
        "Una fila por GAD vigente: hasta dónde llegó el acompañamiento.",
        (
            _codigo_de_gad("codigo"),
            Columna("gad", "nombre", "Nombre del territorio", fuente=DPA),
            numero("zona", "zona", "Zona de planificación", fuente=DPA),
            _alcanzo(Escalon.GRUPO, "en_grupo"),
            *(_alcanzo(momento, momento.value.lower()) for momento in Escalon.momentos()),
            _alcanzo(Escalon.APROBADO, "aprobado"),
        ),
        _cobertura,
        lugar=lambda gad: gad.codigo,
    ),
    HojaDeObjetos(
        "evaluaciones",
        "Evaluaciones aprobadas",
        "Una fila por GAD con evaluación aprobada: la última. Las respuestas no se publican.",
        (
            *_gad("pdot__gad"),
            numero("pdot_desde", "pdot__anio_desde", "Primer año del plan evaluado"),
            numero("pdot_hasta", "pdot__anio_hasta", "Último año del plan evaluado"),
            numero("version", "numero", "Versión de la evaluación"),
            numero("instrumento", "instrumento__numero", "Versión del instrumento"),
            fecha("aprobada", "aprobada", "Cuándo se aprobó; vacío si vino de papel"),
        ),
        _evaluaciones,
        lugar=lambda una: una.pdot.gad_id,
    ),
    HojaDeObjetos(
        "indicadores",
        "Indicadores de coherencia, del país",
        "Una fila por indicador, sobre la última evaluación aprobada de cada GAD.",
        (
            de_fila("indicador", "Clave", lambda par: par[0].codigo),
            de_fila("nombre", "Nombre", lambda par: par[0].nombre),
            de_fila("que_se_cuenta", "Numerador", lambda par: par[0].numerador),
            de_fila("sobre_que", "Denominador", lambda par: par[0].denominador),
            de_fila("numerador", "Cuántos", lambda par: par[1].n, tipo=NUMERO),
            de_fila("denominador", "De cuántos", lambda par: par[1].de, tipo=NUMERO),
        ),
        _indicadores,
    ),
    HojaDeObjetos(
        "indicadores_por_gad",
        "Indicadores de coherencia, por GAD",
        "Una fila por GAD e indicador con algo que contar.",
        (
            de_fila(
                "codigo_gad",
                "Código en la DPA",
                lambda fila: fila[0].codigo,
                tipo=CODIGO,
                valores=CIFRAS,
                fuente=DPA,
            ),
            de_fila("gad", "Nombre del territorio", lambda fila: fila[0].nombre, fuente=DPA),
            de_fila("indicador", "Clave del indicador", lambda fila: fila[1].codigo),
            de_fila("numerador", "Cuántos", lambda fila: fila[2], tipo=NUMERO),
            de_fila("denominador", "De cuántos", lambda fila: fila[3], tipo=NUMERO),
        ),
        _por_gad,
    ),
    HojaDeObjetos(
        "hitos_del_proceso",
        "Hitos del proceso de actualización",
        "Una fila por GAD e hito cumplido.",
        (
            *_gad("gad"),
            Columna("hito", "hito__clave", "Clave del hito"),
            Columna("nombre_del_hito", "hito__nombre", "Nombre del hito"),
            fecha("fecha", "fecha", "Cuándo se cumplió"),
        ),
        _hitos,
        lugar=lambda uno: uno.gad_id,
    ),
    HojaDeObjetos(
        "hojas_de_ruta",
        "Hojas de ruta de los grupos",
        "Una fila por hito de la hoja de ruta de un grupo.",
        (
            *_grupo("grupo__"),
            Columna("hito", "hito__clave", "Clave del hito"),
            Columna("nombre_del_hito", "hito__nombre", "Nombre del hito"),
            fecha("meta", "fecha_meta", "Fecha meta; vacío si está por acordar"),
            numero("cumplidos", "cumplidos", "Cuántos de los miembros de hoy lo cumplieron"),
        ),
        _hoja_de_ruta,
    ),
    HojaDeObjetos(
        "acuerdos",
        "Acuerdos de los grupos, en cifras",
        "Una fila por grupo y estado. Lo acordado no se publica.",
        (
            de_fila("estrategia", "Código de la estrategia", lambda fila: fila[0]),
            de_fila("grupo", "Número del grupo", lambda fila: fila[1], tipo=NUMERO),
            de_fila("estado", "Estado", lambda fila: fila[2], valores=" / ".join(Acuerdo.Estado)),
            de_fila("acuerdos", "Cuántos", lambda fila: fila[3], tipo=NUMERO),
        ),
        _acuerdos,
    ),
)
