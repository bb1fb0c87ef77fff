"""Las hojas de las listas de pdot: las mismas filas que la página, con sus filtros y su alcance."""

from functools import partial
from operator import attrgetter, itemgetter

from territorios.hojas import CIFRAS, columnas_del_gad
from territorios.hojas_de_calculo import (
    CODIGO,
    DECIMAL,
    DPA,
    FECHA,
    NUMERO,
    Columna,
    HojaDeObjetos,
    con_opciones,
    de_fila,
    fecha,
    numero,
    si_o_no,
)
from territorios.models import Trabajo

from .embudo import PASOS
from .escalones import Escalon
from .models import Evaluacion, Informacion, Necesidad, PlanCapacidades
from .plazos import NOMBRES
from .revision import dias_de_espera
from .ritmo import Situacion

DE_LA_EVALUACION = (
    *columnas_del_gad("pdot__gad"),
    numero("PDOT desde", "pdot__anio_desde", "Primer año del plan"),
    numero("PDOT hasta", "pdot__anio_hasta", "Último año del plan"),
    numero("versión", "numero", "Versión de la evaluación"),
    con_opciones("estado", "estado", "En qué va", Evaluacion.Estado.choices),
)


def _del_gad_evaluado(evaluacion):
    return evaluacion.pdot.gad_id


EVALUACIONES = HojaDeObjetos(
    "evaluaciones",
    "Evaluaciones",
    "Una fila por evaluación, la última cambiada primero.",
    (*DE_LA_EVALUACION, fecha("actualizada", "actualizada", "Último cambio")),
    lugar=_del_gad_evaluado,
)


def _a_cargo(evaluacion):
    asignacion = getattr(evaluacion, "asignacion", None)
    return str(asignacion.revisor) if asignacion and asignacion.revisor_id else ""


COLA = HojaDeObjetos(
    "cola-de-revision",
    "Cola de revisión",
    "Una fila por evaluación que espera revisión, la más antigua primero.",
    (
        *DE_LA_EVALUACION,
        fecha("enviada", "enviada", "Cuándo la envió el GAD"),
        de_fila("días", "Días corridos de espera", dias_de_espera, tipo=NUMERO, valores="0…"),
        de_fila("a cargo de", "Quién la revisa", _a_cargo),
    ),
    lugar=_del_gad_evaluado,
)


def _plazo(avance, plazo):
    return plazo.fecha if plazo else None


# Se lee con el plazo del grupo.
PLAZO = HojaDeObjetos(
    "avance-de-las-evaluaciones",
    "Avance de las evaluaciones",
    "Una fila por GAD del grupo, con cómo va la evaluación de su último plan.",
    (
        *columnas_del_gad("gad"),
        Columna("evaluación", "nombre", "En qué va", valores=" / ".join(NOMBRES.values())),
        Columna("plazo", "", "Último día para enviarla; vacío si no tiene", FECHA, leer=_plazo),
    ),
    lugar=lambda avance: avance.gad.pk,
)


# --- Documentos en bloque -----------------------------------------------------------------------


def _estado_de_trabajo(trabajo):
    return "Vencido" if trabajo.vencio else trabajo.get_estado_display()


TRABAJOS = HojaDeObjetos(
    "documentos-en-bloque",
    "Documentos en bloque",
    "Una fila por pedido de muchos documentos, el último primero.",
    (
        Columna("pedido", "titulo", "Qué se pidió"),
        de_fila(
            "estado",
            "En qué va",
            _estado_de_trabajo,
            valores=" / ".join([*Trabajo.Estado.labels, "Vencido"]),
        ),
        numero("hechos", "hechas", "Cuántos documentos van"),
        numero("total", "total", "De cuántos"),
        fecha("cuándo", "creado", "Cuándo se pidió"),
        Columna("quién", "pedido_por", "Quién lo pidió"),
    ),
)


# --- Cobertura y proceso ------------------------------------------------------------------------


def _consta(escalon, nombre):
    def leer(gad):
        if escalon.solo_de not in ("", gad.nivel):
            return "no aplica"
        return "sí" if escalon in gad.marcas else "no"

    return de_fila(nombre, f"Si alcanzó «{escalon.label}»", leer, valores="sí / no / no aplica")


def _grupos(gad):
    return ", ".join(f"{grupo} ({grupo.get_estado_display().lower()})" for grupo in gad.grupos)


def _del_gad_cubierto(camino=""):
    return (
        Columna("código", f"{camino}codigo", "Código del GAD", CODIGO, CIFRAS, DPA),
        Columna("nombre", f"{camino}nombre", "Nombre del territorio", fuente=DPA),
        Columna("nivel", f"{camino}nombre_nivel", "Nivel del GAD", fuente=DPA),
        Columna("zona", f"{camino}zona", "Zona de planificación", NUMERO, "1 a 9", DPA),
        Columna("provincia", f"{camino}provincia", "Provincia", fuente=DPA),
        Columna("cantón", f"{camino}canton", "Cantón", fuente=DPA),
    )


COBERTURA = HojaDeObjetos(
    "cobertura",
    "Cobertura",
    "Una fila por GAD, con los escalones del acompañamiento que alcanzó.",
    (
        *_del_gad_cubierto(),
        de_fila("grupos", "De qué grupos es hoy", _grupos),
        *(_consta(momento, momento.value) for momento in Escalon.momentos()),
        _consta(Escalon.EVALUADO, "evaluado"),
        _consta(Escalon.APROBADO, "aprobado"),
        Columna("escalón", "escalon__label", "El más alto", valores=" / ".join(Escalon.labels)),
    ),
    lugar=lambda gad: gad.codigo,
)


def hoja_de_proceso(hitos):
    """Una columna por hito vigente, con la fecha en que el GAD lo cumplió."""
    return HojaDeObjetos(
        "proceso-de-actualizacion",
        "Proceso de actualización",
        "Una fila por GAD, con la fecha en que cumplió cada hito.",
        (
            *_del_gad_cubierto("gad__"),
            numero("cumplidos", "cumplidos", "Cuántos hitos cumplió"),
            *(_cumplido(hito) for hito in hitos),
        ),
        lugar=lambda avance: avance.gad.codigo,
    )


def _cumplido(hito):
    return de_fila(
        hito.corto or hito.nombre,
        f"Cuándo cumplió «{hito.nombre}»; vacío si no consta",
        lambda avance: avance.fechas.get(hito.pk),
        tipo=FECHA,
    )


# --- Necesidades y planes de capacidades --------------------------------------------------------

NECESIDADES = HojaDeObjetos(
    "necesidades-de-capacidad",
    "Necesidades de capacidad",
    "Una fila por necesidad en pie, lo urgente primero.",
    (
        *columnas_del_gad("gad"),
        numero("grupo", "grupo__numero", "Grupo; vacío si es de un GAD"),
        Columna("nombre del grupo", "grupo__nombre", "Vacío si es de un GAD"),
        Columna("tema", "tema", "Qué se necesita"),
        Columna("detalle", "detalle", "Explicación"),
        con_opciones("componente", "componente", "Parte del plan", Necesidad.Componente.choices),
        con_opciones("modalidad", "modalidad", "Cómo se atiende", Necesidad.Modalidad.choices),
        con_opciones("prioridad", "prioridad", "Urgencia", Necesidad.Prioridad.choices),
        con_opciones("origen", "origen", "De dónde nació", Necesidad.Origen.choices),
        si_o_no("asumible", "asumible", "Si el GAD puede con ella"),
        Columna("actor", "actor", "Qué institución podría atenderla"),
        si_o_no("atendida", "atendida", "Si la atiende un plan aprobado"),
    ),
    lugar=lambda una: una.gad_id or una.grupo.sede_id,
)

CAPACIDADES = HojaDeObjetos(
    "planes-de-capacidades",
    "Planes de capacidades",
    "Una fila por versión de un plan, el más reciente primero.",
    (
        Columna("de quién", "de_quien", "Grupo o zona"),
        numero("grupo", "grupo__numero", "Vacío si es de una zona"),
        numero("zona", "zona_id", "Vacía si es de un grupo"),
        numero("versión", "numero", "Versión del plan"),
        fecha("empieza", "desde", "Primer día"),
        fecha("termina", "hasta", "Último día"),
        numero("actividades", "cuantas", "Cuántas tiene"),
        Columna("avance medio", "avance", "De sus actividades", DECIMAL, "0 a 100, en %"),
        con_opciones("estado", "estado", "En qué va", PlanCapacidades.Estado.choices),
    ),
)


# --- Avance -------------------------------------------------------------------------------------


def _alcanzaron(lugar, paso):
    que = f"GAD que llegaron a «{paso.label}»"
    leer = partial(_cuantos_de_la_casilla, lugar)
    return de_fila(paso.plural, que, leer, tipo=NUMERO, valores="Vacío si a ninguno le toca")


def _cuantos_de_la_casilla(lugar, uno):
    casilla = uno.casillas[lugar]
    return None if casilla.porcentaje is None else casilla.cuantos


AVANCE = HojaDeObjetos(
    "avance",
    "Avance",
    "Una fila por zona, provincia o grupo, con cuántos de sus GAD llegaron a cada paso.",
    (
        Columna("nombre", "nombre", "Zona, provincia o grupo"),
        numero("GAD", "total__cuantos", "Cuántos tiene"),
        *(_alcanzaron(lugar, paso) for lugar, paso in enumerate(PASOS)),
        numero("hitos atrasados", "atrasados__cuantos", "De su hoja de ruta; vacío si no lleva"),
    ),
    # Lo pone pdot.lugares.con_lugar: cuesta una consulta y solo hace falta al descargar.
    lugar=attrgetter("lugar"),
)


def _llego_el_miembro(lugar, paso):
    def leer(uno):
        _, consta = uno["pasos"][lugar]
        return "no aplica" if consta is None else "sí" if consta else "no"

    que = f"Si llegó a «{paso.label}»"
    return de_fila(paso.plural, que, leer, valores="sí / no / no aplica")


GADS_DE_GRUPO = HojaDeObjetos(
    "avance-de-los-gad",
    "Avance de los GAD",
    "Una fila por GAD miembro del grupo, con los pasos a que llegó.",
    (
        de_fila("código", "Código del GAD", itemgetter("codigo"), tipo=CODIGO, fuente=DPA),
        de_fila("nombre", "Nombre del territorio", itemgetter("nombre"), fuente=DPA),
        de_fila("lugar", "Cantón o provincia", itemgetter("lugar"), fuente=DPA),
        de_fila("nivel", "Nivel del GAD", itemgetter("nivel"), fuente=DPA),
        de_fila("escalón", "El más alto", lambda uno: uno["escalon"].label),
        *(_llego_el_miembro(lugar, paso) for lugar, paso in enumerate(PASOS)),
    ),
    lugar=itemgetter("codigo"),
)


def _del_dia(lugar, paso):
    que = f"GAD que ese día habían llegado a «{paso.label}»"
    return de_fila(paso.plural, que, lambda fila: fila[1][lugar], tipo=NUMERO, valores="0…")


TENDENCIA = HojaDeObjetos(
    "tendencia",
    "Tendencia",
    "Una fila por día del año en que algo cambió, el último primero.",
    (
        de_fila("fecha", "Desde qué día", lambda fila: fila[0], tipo=FECHA, valores="Fecha"),
        *(_del_dia(lugar, paso) for lugar, paso in enumerate(PASOS)),
    ),
)


def _llego_a(paso):
    return "no aplica" if paso.alcanzado is None else "sí" if paso.alcanzado else "no"


PASOS_DE_GAD = HojaDeObjetos(
    "pasos-del-gad",
    "Pasos del GAD",
    "Una fila por paso: si el GAD llegó, de dónde sale y cuántos de sus parecidos llegaron.",
    (
        Columna("paso", "escalon__label", "A qué se llega"),
        de_fila("llegó", "Si llegó", _llego_a, valores="sí / no / no aplica"),
        de_fila(
            "de dónde sale",
            "Lo que consta, separado por punto y coma",
            lambda paso: "; ".join(texto for texto, _ in paso.filas),
        ),
        numero("parecidos que llegaron", "parecidos__n", "GAD, con él"),
        numero("parecidos", "parecidos__de", "GAD a que toca el paso, con él"),
    ),
)

RITMO = HojaDeObjetos(
    "ritmo",
    "Ritmo contra la hoja de ruta",
    "Una fila por hito de un grupo y GAD miembro.",
    (
        numero("grupo", "grupo__numero", "Número del grupo"),
        Columna("nombre del grupo", "grupo__nombre", "Nombre del grupo"),
        Columna("hito", "hito", "Qué se cumple"),
        *columnas_del_gad("gad"),
        fecha("fecha meta", "meta", "Hasta cuándo; vacía si no tiene"),
        fecha("cumplido", "cumplida", "Cuándo se cumplió; vacía si falta"),
        con_opciones("situación", "situacion", "Cómo va", Situacion.choices),
    ),
    lugar=lambda puesto: puesto.gad.pk,
)


# --- Indicadores --------------------------------------------------------------------------------


def _del_cociente(lugar, atributo, nombre, que, tipo=NUMERO):
    def leer(fila):
        cociente = fila[lugar]
        return None if cociente.reservado else getattr(cociente, atributo)

    return de_fila(nombre, que, leer, tipo=tipo, valores="Vacío si se reserva o no hay qué contar")


INDICADORES = HojaDeObjetos(
    "indicadores",
    "Indicadores",
    "Una fila por indicador, de la selección y del país.",
    (
        de_fila("indicador", "Nombre", lambda fila: fila[0].nombre),
        de_fila("qué se cuenta", "Numerador", lambda fila: fila[0].numerador),
        de_fila("sobre qué", "Denominador", lambda fila: fila[0].denominador),
        _del_cociente(1, "n", "numerador", "De la selección"),
        _del_cociente(1, "de", "denominador", "De la selección"),
        _del_cociente(1, "porcentaje", "porcentaje", "De la selección", DECIMAL),
        _del_cociente(2, "porcentaje", "promedio nacional", "Del país", DECIMAL),
    ),
)

FILAS_DE_INDICADOR = HojaDeObjetos(
    "indicador",
    "Indicador",
    "Una fila por GAD medido que usted puede leer.",
    (
        Columna("código del GAD", "", "Código", CODIGO, CIFRAS, DPA, lambda f, _: f[0].codigo),
        de_fila("GAD", "Nombre", lambda fila: fila[0].nombre, fuente=DPA),
        Columna("zona", "", "Zona", NUMERO, "1 a 9", DPA, lambda fila, _: fila[0].zona),
        de_fila("numerador", "Lo que se cuenta", lambda fila: fila[1], tipo=NUMERO),
        de_fila("denominador", "Sobre cuánto", lambda fila: fila[2], tipo=NUMERO),
    ),
    lugar=lambda fila: fila[0].codigo,
)


# --- Libro de información -----------------------------------------------------------------------


def _proveedor(renglon):
    gad = renglon.fila.proveedor_gad
    return gad.nombre_con_lugar if gad else renglon.fila.proveedor


INFORMACION = HojaDeObjetos(
    "libro-de-informacion",
    "Libro de información",
    "Una fila por dato que un GAD del grupo tiene o requiere.",
    (
        *columnas_del_gad("gad"),
        Columna("información", "fila__dato", "De qué información se trata"),
        con_opciones("situación", "fila__situacion", "Si la tiene", Informacion.Situacion.choices),
        si_o_no("puede entregarla", "fila__puede_entregar", "Si la entregaría a otros GAD"),
        de_fila("proveedor", "Quién la provee", _proveedor),
        Columna("detalle", "fila__detalle", "De qué año es, en qué formato"),
    ),
    lugar=lambda renglon: renglon.gad.pk,
)
