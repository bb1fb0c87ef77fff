"""Las hojas de las listas de talleres: encuentros y choques. Nada de personas que asisten."""

from django.db.models import Prefetch

from acompanamiento.models import Grupo
from territorios.hojas_de_calculo import (
    CODIGO,
    DPA,
    HORA,
    Columna,
    HojaDeObjetos,
    con_opciones,
    de_fila,
    fecha,
    numero,
)

from .models import Encuentro, Facilitacion


def con_lo_que_se_exporta(encuentros, usuario):
    """En orden, con los grupos que ve quien exporta, las entidades y a cuántos se convoca."""
    return (
        encuentros.para_cronograma()
        .select_related("canton")
        .en_orden()
        .prefetch_related(
            Prefetch("grupos", Grupo.objects.visibles_para(usuario).order_by("numero")),
            Prefetch("facilitaciones", Facilitacion.objects.select_related("entidad")),
        )
    )


def _grupos(encuentro):
    return "; ".join(str(grupo) for grupo in encuentro.grupos.all())


def _entidades(encuentro):
    return "; ".join(str(una.entidad) for una in encuentro.facilitaciones.all())


ENCUENTROS = HojaDeObjetos(
    "encuentros",
    "Encuentros",
    "Una fila por encuentro, en el orden del cronograma.",
    (
        fecha("fecha", "fecha", "Día"),
        con_opciones("jornada", "jornada", "Mañana o tarde", Encuentro.Jornada.choices),
        Columna("inicio", "inicio", "Hora de inicio", HORA),
        Columna("fin", "fin", "Hora de fin", HORA),
        con_opciones("tipo", "tipo", "Qué momento es", Encuentro.Tipo.choices),
        con_opciones("clase", "clase", "Si es complementario, cuál", Encuentro.Clase.choices),
        Columna("tema", "tema", "De qué trata"),
        Columna("lugar", "lugar", "Sitio"),
        Columna("código del cantón", "canton_id", "Cantón", CODIGO, "4 cifras", DPA),
        Columna("cantón", "canton__nombre", "Nombre del cantón", fuente=DPA),
        con_opciones("modalidad", "modalidad", "Cómo se hace", Encuentro.Modalidad.choices),
        de_fila("grupos", "Los grupos que reúne", _grupos),
        de_fila("entidades", "Las que facilitan o acompañan", _entidades),
        numero("GAD provinciales", "provinciales", "Cuántos se convoca"),
        numero("GAD municipales", "municipales", "Cuántos se convoca"),
        numero("GAD parroquiales", "parroquiales", "Cuántos se convoca"),
        con_opciones("estado", "estado", "En qué va", Encuentro.Estado.choices),
    ),
    lugar=lambda encuentro: encuentro.canton_id,
)


def _citas(choque):
    return "; ".join(f"{cita.fecha:%Y-%m-%d} {cita.tipo} {cita.lugar}" for cita in choque.visibles)


CHOQUES = HojaDeObjetos(
    "choques",
    "Choques",
    "Una fila por choque del cronograma.",
    (
        fecha("fecha", "fecha", "Del primero de sus encuentros"),
        Columna("clase", "clase__label", "Qué choca"),
        Columna("gravedad", "gravedad__label", "Cuánto importa"),
        Columna("explicación", "explicacion", "Por qué choca"),
        de_fila("encuentros", "Los que intervienen y usted ve", _citas),
        de_fila("situación", "En qué va", lambda choque: _situacion(choque)),
    ),
)


def _situacion(choque):
    if choque.aceptado:
        return "aceptado"
    return "ya ocurrió" if choque.ya_paso else "por resolver"
