"""Las hojas que se exportan. Una nueva se escribe aquí y se suma a `HOJAS`."""

from functools import partial

from django.db.models import Q

from territorios.hojas_de_calculo import (
    CODIGO,
    DECIMAL,
    DPA,
    FECHA,
    NUMERO,
    Columna,
    Hoja,
    HojaDeObjetos,
    con_opciones,
    si_o_no,
)
from territorios.models import Gad

from .exportaciones import Alcance
from .models import (
    ActividadCapacidad,
    ElementoVision,
    Evaluacion,
    Informacion,
    Necesidad,
    Pdot,
    PlanCapacidades,
    Problema,
    Proyecto,
    Respuesta,
    Vinculo,
)

DEL_PDOT = "PDOT, por el GAD o su zona"
EVALUACION = "Evaluación del PDOT, por el GAD"
GUIA = "Instrumento de evaluación"
ZONAL = "Encuentros con los GAD, por el equipo zonal"
DEL_PLAN = "Plan de fortalecimiento de capacidades"
PARTES = Necesidad.Componente.choices
MODALIDADES = Necesidad.Modalidad.choices
PRIORIDADES = Necesidad.Prioridad.choices
ESTADOS_DEL_PLAN = PlanCapacidades.Estado.choices
ORIGENES = Necesidad.Origen.choices
MARCAS = [*Respuesta.Valor.choices, ("", "(vacío)")]
NIVELES = dict(Gad.Nivel.choices)


def _lugar(largo):
    """El nombre de la provincia (2 cifras) o del cantón (4) de un código de GAD."""

    def leer(codigo, alcance):
        es_de_ahi = codigo and len(codigo) >= largo
        return alcance.nombres.get(codigo[:largo], "") if es_de_ahi else ""

    return leer


def del_gad(camino):
    """Las columnas que dicen de qué GAD es la fila."""
    codigo = f"{camino}__territorio__codigo"
    nombrado = f"{camino}__territorio__nombre"
    nombre_de_zona = f"{camino}__territorio__zona"
    cifras = "2, 4 o 6 cifras"
    return (
        Columna("código del GAD", codigo, "Código del GAD", CODIGO, cifras, DPA),
        Columna("GAD", nombrado, "Nombre del territorio del GAD", fuente=DPA),
        con_opciones("nivel", f"{camino}__nivel", "Nivel del GAD", NIVELES, fuente=DPA),
        Columna("zona", nombre_de_zona, "Zona de planificación", NUMERO, "1 a 9", DPA),
        Columna("provincia", codigo, "Provincia", fuente=DPA, leer=_lugar(2)),
        Columna("cantón", codigo, "Cantón; vacío en las provincias", fuente=DPA, leer=_lugar(4)),
    )


def de_la_evaluacion(camino="evaluacion__"):
    """De qué plan y de qué versión de la evaluación es la fila, y en qué va."""
    de = "Plataforma"
    estados = Evaluacion.Estado.choices
    return (
        *del_gad(f"{camino}pdot__gad"),
        Columna("PDOT desde", f"{camino}pdot__anio_desde", "Primer año del plan", NUMERO, "Año"),
        Columna("PDOT hasta", f"{camino}pdot__anio_hasta", "Último año del plan", NUMERO, "Año"),
        Columna("versión", f"{camino}numero", "Versión de la evaluación", NUMERO, "1, 2…", de),
        con_opciones("estado", f"{camino}estado", "Estado de la evaluación", estados, fuente=de),
        Columna("actualizada", f"{camino}actualizada", "Último cambio", FECHA, "Fecha y hora", de),
    )


# --- Consultas ----------------------------------------------------------------------------------


def _de_sus_evaluaciones(modelo, *orden):
    def consulta(alcance: Alcance):
        suyas = modelo.objects.filter(evaluacion__in=alcance.evaluaciones)
        return suyas.order_by("evaluacion__pdot__gad", *orden)

    return consulta


def _necesidades(alcance):
    """Las vivas de los GAD del lugar y de los grupos; no tienen estado que filtrar."""
    vistas = Necesidad.objects.visibles_para(alcance.usuario).vivas()
    del_lugar = Q(gad__isnull=False) & alcance.de_gad("gad") | Q(grupo__in=alcance.grupos)
    return vistas.filter(del_lugar).distinct().order_by("gad", "grupo", "tema", "pk")


def _actividades(alcance):
    """Las que benefician a algún GAD del lugar; el estado que se filtra es el de otra cosa."""
    vistas = ActividadCapacidad.objects.para_exportar(alcance.usuario)
    if del_lugar := alcance.de_gad("beneficiarios"):
        suyas = ActividadCapacidad.objects.filter(del_lugar)
        vistas = vistas.filter(pk__in=suyas.values("pk"))
    return vistas.order_by("plan", "desde", "pk")


def _elementos(alcance):
    """Los de cada evaluación y los de cada grupo; con estado, solo los de las evaluaciones."""
    suyos = Q(evaluacion__in=alcance.evaluaciones)
    if not alcance.estado:
        suyos |= Q(grupo__in=alcance.grupos)
    return ElementoVision.objects.filter(suyos).order_by("grupo", "evaluacion", "orden", "pk")


def _planes(alcance):
    """Los PDOT son públicos: los de los GAD del lugar, en cualquier estado."""
    vistos = Pdot.objects.visibles_para(alcance.usuario).filter(alcance.de_gad("gad"))
    return vistos.order_by("gad", "anio_desde")


def _proyectos(alcance):
    vistos = Proyecto.objects.visibles_para(alcance.usuario)
    del_lugar = vistos.filter(alcance.de_gad("programa__autoridad__gad"))
    return del_lugar.order_by("programa__autoridad__gad", "programa", "anio_desde", "pk")


# --- Las actividades ----------------------------------------------------------------------------


SUYA = {"fuente": DEL_PLAN}
_del_plan = partial(Columna, **SUYA)


def _juntas(nombre, que, leer, **mas):
    """Columna de varias cosas, separadas por punto y coma; `leer(actividad)` las da."""
    return _del_plan(
        nombre, "", que, leer=lambda una, alcance: "; ".join(map(str, leer(una))), **mas
    )


def _encuentros(actividad):
    return [f"{uno.fecha:%Y-%m-%d} {uno}" for uno in actividad.encuentros.all()]


def _gads(actividad):
    return [uno.nombre_con_lugar for uno in actividad.beneficiarios.all()]


DE_LA_ACTIVIDAD = (
    _del_plan(
        "grupo", "plan__grupo__numero", "Grupo del plan; vacío si es de una zona", NUMERO, "1…"
    ),
    _del_plan("zona", "plan__zona_id", "Zona del plan; vacía si es de un grupo", NUMERO, "1 a 9"),
    _del_plan("versión del plan", "plan__numero", "Qué versión del plan", NUMERO, "1, 2…"),
    con_opciones("estado del plan", "plan__estado", "En qué va el plan", ESTADOS_DEL_PLAN, **SUYA),
    _del_plan("actividad", "titulo", "Qué se hará"),
    _del_plan("detalle", "detalle", "Explicación"),
    con_opciones("modalidad", "modalidad", "Cómo se hace", MODALIDADES, **SUYA),
    _juntas("necesidades", "Las que atiende", lambda una: una.necesidades.all()),
    _del_plan("responsable", "responsable", "GAD o entidad responsable o aliada"),
    _del_plan("empieza", "desde", "Primer día", FECHA, "Fecha"),
    _del_plan("termina", "hasta", "Último día", FECHA, "Fecha"),
    _del_plan("horas", "horas", "Cuánto dura", NUMERO, "Horas"),
    _del_plan("cantón", "canton__nombre", "Dónde se hace", fuente=DPA),
    _del_plan("lugar", "lugar", "Sitio"),
    _juntas("GAD beneficiarios", "A quiénes sirve", _gads, fuente=DPA),
    _del_plan("cupo", "cupo", "Para cuántas personas", NUMERO, "Personas"),
    _del_plan("indicador", "indicador", "Con qué se mide"),
    _del_plan("línea base", "linea_base", "Valor del indicador al empezar", DECIMAL, "Número"),
    _del_plan("meta", "meta", "Valor del indicador que se busca", DECIMAL, "Número"),
    _del_plan("presupuesto", "presupuesto", "Presupuesto referencial", DECIMAL, "Dólares"),
    _del_plan("fuente del presupuesto", "presupuesto_fuente", "De dónde sale la cifra"),
    _del_plan(
        "fecha del presupuesto", "presupuesto_fecha", "De cuándo es la cifra", FECHA, "Fecha"
    ),
    _del_plan("avance", "avance", "El último anotado", NUMERO, "0 a 100, en %"),
    _juntas("encuentros", "En los que se hizo", _encuentros),
)


# --- Hojas --------------------------------------------------------------------------------------

PREGUNTA = "pregunta__"
DEL_GRUPO = (
    Columna("grupo", "grupo__numero", "Número del grupo circunvecino", NUMERO, "1, 2…"),
    Columna("nombre del grupo", "grupo__nombre", "Nombre del grupo; vacío si es de un GAD"),
)

HOJAS = (
    Hoja(
        "respuestas",
        "Respuestas",
        "Una fila por GAD y pregunta respondida de su última evaluación: marca y justificación.",
        (
            *de_la_evaluacion(),
            Columna("sección", f"{PREGUNTA}seccion__titulo", "Sección", fuente=GUIA),
            Columna("pregunta", f"{PREGUNTA}codigo", "Código de la pregunta", CODIGO, fuente=GUIA),
            Columna("texto de la pregunta", f"{PREGUNTA}texto", "Lo que se pregunta", fuente=GUIA),
            Columna("componente", f"{PREGUNTA}componente", "Parte del plan", fuente=GUIA),
            Columna("criterio", f"{PREGUNTA}criterio", "Criterio con que se mira", fuente=GUIA),
            con_opciones("respuesta", "valor", "Marca; vacía si la pregunta es de texto", MARCAS),
            Columna("justificación", "texto", "Justificación, o la respuesta si es de texto"),
            si_o_no("lectura dudosa", "dudosa", "Si el papelote original se lee con dificultad"),
        ),
        _de_sus_evaluaciones(Respuesta, "pregunta__seccion__orden", "pregunta__orden", "pk"),
        fuente=EVALUACION,
    ),
    Hoja(
        "vinculos",
        "Vínculos",
        "Una fila por GAD y plan de otro nivel: si se vincula, qué choca y qué se potencia.",
        (
            *de_la_evaluacion(),
            Columna(
                "código del otro GAD",
                "con__territorio__codigo",
                "GAD del plan con que se compara",
                CODIGO,
                "2 o 4 cifras",
                DPA,
            ),
            Columna("otro GAD", "con__territorio__nombre", "Su nombre", fuente=DPA),
            con_opciones("nivel del otro", "con__nivel", "Su nivel", NIVELES, fuente=DPA),
            con_opciones("se vincula", "valor", "Si los dos planes se vinculan", MARCAS),
            Columna("justificación", "justificacion", "Por qué"),
            Columna("incompatibles", "incompatibles", "Aspectos incompatibles, uno por línea"),
            Columna("sinergias", "sinergias", "Sinergias por potenciar, una por línea"),
        ),
        _de_sus_evaluaciones(Vinculo, "con", "pk"),
        fuente=EVALUACION,
    ),
    Hoja(
        "necesidades",
        "Necesidades",
        "Una fila por necesidad de capacidades, de un GAD o de un grupo. No tiene estado.",
        (
            *del_gad("gad"),
            *DEL_GRUPO,
            Columna("tema", "tema", "Qué se necesita", fuente=ZONAL),
            Columna("detalle", "detalle", "Explicación", fuente=ZONAL),
            con_opciones("componente", "componente", "Parte del plan", PARTES, fuente=ZONAL),
            con_opciones("modalidad", "modalidad", "Cómo se atiende", MODALIDADES, fuente=ZONAL),
            con_opciones("prioridad", "prioridad", "Urgencia", PRIORIDADES, fuente=ZONAL),
            con_opciones("origen", "origen", "De dónde nació", ORIGENES, fuente=ZONAL),
            Columna("constancia", "constancia", "Qué lo prueba", fuente=ZONAL),
            si_o_no("asumible", "asumible", "Si el GAD puede con ella", fuente=ZONAL),
            Columna("actor", "actor", "Qué institución podría atenderla", fuente=ZONAL),
            Columna("anotada", "creada", "Cuándo se anotó", FECHA, "Fecha y hora", "Plataforma"),
        ),
        _necesidades,
    ),
    HojaDeObjetos(
        "actividades",
        "Actividades",
        "Una fila por actividad y versión de un plan de capacidades, de un grupo o de una zona.",
        DE_LA_ACTIVIDAD,
        _actividades,
    ),
    Hoja(
        "informacion",
        "Información",
        "Una fila por dato con que el GAD cuenta o que requiere, y quién lo provee.",
        (
            *de_la_evaluacion(),
            Columna("información", "dato", "De qué información se trata"),
            con_opciones("situación", "situacion", "Si la tiene", Informacion.Situacion.choices),
            si_o_no("puede entregarla", "puede_entregar", "Si la entregaría a otros GAD"),
            Columna("proveedor", "proveedor", "Entidad que la provee"),
            Columna(
                "código del GAD que la provee",
                "proveedor_gad__territorio__codigo",
                "Si la provee un GAD, cuál",
                CODIGO,
                "2, 4 o 6 cifras",
            ),
            Columna("detalle", "detalle", "De qué año es, en qué formato, para qué problema"),
        ),
        _de_sus_evaluaciones(Informacion, "orden", "pk"),
        fuente=EVALUACION,
    ),
    Hoja(
        "problemas",
        "Problemas",
        "Una fila por problema prioritario, en el orden en que el GAD lo priorizó.",
        (
            *de_la_evaluacion(),
            Columna("orden", "orden", "1 es el más urgente", NUMERO, "1 a 20"),
            Columna("problema", "texto", "El problema"),
        ),
        _de_sus_evaluaciones(Problema, "orden", "pk"),
        fuente=EVALUACION,
    ),
    Hoja(
        "vision",
        "Elementos de visión",
        "Una fila por elemento de la nueva visión, de un GAD o de un grupo.",
        (
            *de_la_evaluacion(),
            *DEL_GRUPO,
            Columna("orden", "orden", "Lugar en la lista", NUMERO, "1, 2…"),
            Columna("elemento", "texto", "El elemento de la nueva visión"),
            si_o_no("lectura dudosa", "dudosa", "Si el papelote original se lee con dificultad"),
        ),
        _elementos,
        fuente=EVALUACION,
    ),
    Hoja(
        "planes",
        "Planes (PDOT)",
        "Una fila por PDOT de cada GAD y período. No es una evaluación: no tiene su estado.",
        (
            *del_gad("gad"),
            Columna("desde", "anio_desde", "Primer año", NUMERO, "Año", DEL_PDOT),
            Columna("hasta", "anio_hasta", "Último año", NUMERO, "Año", DEL_PDOT),
            con_opciones("estado del plan", "estado", "En qué va", Pdot.Estado.choices),
            Columna("instrumento", "instrumento_aprobacion", "Con qué se aprobó"),
            Columna("aprobado", "aprobado_el", "Cuándo se aprobó", FECHA, "Fecha"),
            Columna("visión", "vision", "La visión del plan"),
        ),
        _planes,
        fuente=DEL_PDOT,
    ),
    Hoja(
        "programas",
        "Programas de gobierno",
        "Una fila por proyecto del programa de gobierno de la autoridad de cada GAD.",
        (
            *del_gad("programa__autoridad__gad"),
            Columna("autoridad", "programa__autoridad__nombre", "Autoridad electa"),
            Columna("proyecto", "nombre", "Nombre"),
            Columna("desde", "anio_desde", "Primer año", NUMERO, "Año"),
            Columna("hasta", "anio_hasta", "Último año", NUMERO, "Año"),
            Columna("descripción", "descripcion", "En qué consiste"),
            Columna("presupuesto", "presupuesto", "Referencial", DECIMAL, "Dólares"),
            Columna("fuente del presupuesto", "presupuesto_fuente", "De dónde sale la cifra"),
        ),
        _proyectos,
        fuente="Programa de gobierno local, por el GAD o su zona",
    ),
)
POR_NOMBRE = {hoja.nombre: hoja for hoja in HOJAS}
