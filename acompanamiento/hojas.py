"""Las hojas de las listas de acompañamiento: grupos, acuerdos, líneas y hoja de ruta."""

from territorios.hojas import columnas_del_gad
from territorios.hojas_de_calculo import (
    CODIGO,
    DPA,
    NUMERO,
    Columna,
    HojaDeObjetos,
    con_opciones,
    de_fila,
    fecha,
    numero,
    si_o_no,
)

from .models import Acuerdo, Grupo, LineaProgramatica
from .models.linea import Pronunciamiento

CUANTOS = {"tipo": NUMERO, "valores": "0…"}


def _del_reparto(nombre, atributo, que):
    return numero(nombre, f"reparto__{atributo}", que)


GRUPOS = HojaDeObjetos(
    "grupos",
    "Grupos circunvecinos",
    "Una fila por grupo, con cuántos GAD de cada nivel lo integran hoy.",
    (
        Columna("estrategia", "estrategia__nombre", "A qué estrategia pertenece"),
        numero("grupo", "numero", "Número en su estrategia"),
        Columna("nombre", "nombre", "Nombre"),
        con_opciones("estado", "estado", "En qué va", Grupo.Estado.choices),
        Columna("criterio", "criterio__nombre", "Interés común principal"),
        Columna("código de la sede", "sede_id", "Cantón sede", CODIGO, "4 cifras", DPA),
        Columna("sede", "sede__nombre", "Nombre del cantón sede", fuente=DPA),
        numero("zona", "zona_id", "Zona que coordina"),
        _del_reparto("provinciales", "provinciales", "GAD provinciales"),
        _del_reparto("municipales", "municipales", "GAD municipales"),
        _del_reparto("parroquiales", "parroquiales", "GAD parroquiales"),
    ),
    lugar=lambda grupo: grupo.sede_id,
)


def _responsable(acuerdo):
    if acuerdo.responsable_gad_id:
        return acuerdo.responsable_gad.nombre_con_lugar
    return str(acuerdo.responsable_entidad)


ACUERDOS = HojaDeObjetos(
    "acuerdos",
    "Acuerdos",
    "Una fila por acuerdo de un grupo, lo abierto y más vencido primero.",
    (
        numero("grupo", "grupo__numero", "Número del grupo"),
        Columna("nombre del grupo", "grupo__nombre", "Nombre del grupo"),
        numero("acuerdo", "numero", "Número del acuerdo en su grupo"),
        Columna("qué se acordó", "texto", "El compromiso"),
        de_fila("a cargo de", "GAD o entidad responsable", _responsable),
        fecha("para cuándo", "fecha_limite", "Fecha límite"),
        con_opciones("estado", "estado", "En qué va", Acuerdo.Estado.choices),
        si_o_no("vencido", "esta_vencido", "Si pasó su fecha y sigue abierto"),
    ),
    # El lugar de un acuerdo es el de su responsable; el de una entidad, ninguno.
    lugar=lambda acuerdo: acuerdo.responsable_gad_id,
)


def _por_estado(estado):
    return de_fila(
        estado.label.lower(),
        f"Líneas en estado «{estado.label}»",
        lambda fila: dict(fila[2])[estado.label],
        **CUANTOS,
    )


LINEAS = HojaDeObjetos(
    "lineas",
    "Líneas programáticas",
    "Una fila por provincia, con cuántas líneas tiene en cada estado.",
    (
        de_fila("código de la provincia", "Provincia", lambda fila: fila[0].pk, tipo=CODIGO),
        de_fila("provincia", "Nombre", lambda fila: fila[0].nombre, fuente=DPA),
        *(_por_estado(estado) for estado in LineaProgramatica.Estado),
    ),
    lugar=lambda fila: fila[0].pk,
)


def _del_conteo(nombre, atributo, que):
    def leer(linea):
        return sum(getattr(conteo, atributo) for _, conteo in linea.niveles)

    return de_fila(nombre, que, leer, **CUANTOS)


LINEAS_DE_PROVINCIA = HojaDeObjetos(
    "lineas-de-provincia",
    "Líneas de la provincia",
    "Una fila por línea programática, con lo que dicen los GAD consultados.",
    (
        Columna("código de la provincia", "provincia_id", "Provincia", CODIGO, "2 cifras", DPA),
        Columna("eje", "eje__nombre", "Eje estratégico"),
        numero("línea", "numero", "Número de la línea"),
        Columna("nombre", "nombre", "Nombre corto"),
        Columna("texto", "texto", "Qué propone"),
        con_opciones("estado", "estado", "En qué va", LineaProgramatica.Estado.choices),
        _del_conteo("la validan", "validan", "GAD que la validan"),
        _del_conteo("la observan", "observan", "GAD que la observan"),
        _del_conteo("faltan", "faltan", "GAD consultados que no se pronuncian"),
    ),
    lugar=lambda linea: linea.provincia_id,
)

CONSULTA = HojaDeObjetos(
    "consulta-de-linea",
    "Consulta",
    "Una fila por GAD consultado y lo que dice de la línea.",
    (
        *columnas_del_gad("gad"),
        con_opciones(
            "se pronuncia", "vigente__sentido", "Qué dice", Pronunciamiento.Sentido.choices
        ),
        Columna("observación", "vigente__observacion", "Lo que observa"),
        fecha("fecha", "vigente__fecha", "Cuándo lo dijo"),
    ),
    lugar=lambda renglon: renglon.gad.pk,
)


def casillas(hoja):
    """Pares (renglón, casilla) de una hoja de ruta: cada miembro frente a cada hito."""
    return [(renglon, casilla) for renglon in hoja.renglones for casilla in renglon.casillas]


def _situacion(par):
    if par[1].cumplimiento:
        return "cumplido"
    return "atrasado" if par[1].atrasada else "pendiente"


HOJA_DE_RUTA = HojaDeObjetos(
    "hoja-de-ruta",
    "Hoja de ruta",
    "Una fila por hito del grupo y GAD miembro.",
    (
        de_fila("hito", "Hito de la hoja de ruta", lambda par: str(par[0].hito.hito)),
        de_fila("fecha meta", "Para cuándo", lambda par: par[0].hito.fecha_meta, tipo="Fecha"),
        de_fila("código del GAD", "Miembro", lambda par: par[1].gad.pk, tipo=CODIGO, fuente=DPA),
        de_fila("GAD", "Miembro", lambda par: par[1].gad.nombre_con_lugar, fuente=DPA),
        de_fila("situación", "En qué va", _situacion, valores="cumplido / atrasado / pendiente"),
        de_fila(
            "cumplido el",
            "Cuándo lo cumplió",
            lambda par: par[1].cumplimiento and par[1].cumplimiento.fecha,
            tipo="Fecha",
        ),
    ),
    lugar=lambda par: par[1].gad.pk,
)
