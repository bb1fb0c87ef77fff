"""Los anexos: el cronograma de trabajo, la agenda de los talleres y la asistencia en cifras."""

from collections import Counter

from django.db.models import Prefetch
from django.utils.formats import date_format

from talleres.asistencia import contar_por_encuentro
from talleres.documentos_cronograma import TOPE_DE_ENCUENTROS, bloques_de, insumos_de
from talleres.models import Encuentro, Participante, PuntoAgenda, Traslado
from talleres.programa import entidades_de, poner_lo_suyo
from territorios.texto import enumerar

from .secciones import Seccion

# Las que nombra el título de una agenda; las demás se leen debajo.
SEDES_A_LA_VISTA = 4
Tipo, Estado, Jornada = Encuentro.Tipo, Encuentro.Estado, Encuentro.Jornada


# --- Anexo 1: el cronograma ---------------------------------------------------------------------


def cronograma(alcance):
    """Semana por semana, como el Anexo 1; si son demasiados para leerlos así, por mes y momento."""
    cuantos = alcance.encuentros.count()
    if cuantos > TOPE_DE_ENCUENTROS:
        return {"cuantos": cuantos, "tipos": Tipo.choices, "meses": _por_mes(alcance.encuentros)}
    encuentros = list(alcance.encuentros.para_cronograma().select_related("canton__padre"))
    entidades = {una.pk: una for una in entidades_de(alcance.encuentros)}
    poner_lo_suyo(encuentros, {grupo.pk: grupo for grupo in alcance.todos_los_grupos}, entidades)
    traslados = _traslados(alcance)
    return {
        "cuantos": cuantos,
        "tipos": Tipo.choices,
        "traslados": len(traslados),
        "bloques": bloques_de(encuentros, traslados),
        "insumos": insumos_de({encuentro.tipo for encuentro in encuentros}),
    }


def _traslados(alcance):
    """Los de la estrategia; de una zona o un grupo, los de los días en que tiene un encuentro."""
    suyos = Traslado.objects.visibles_para(alcance.usuario).filter(estrategia=alcance.estrategia)
    if alcance.hasta:
        suyos = suyos.filter(fecha__lte=alcance.hasta)
    if not alcance.es_toda:
        suyos = suyos.en_dias_de(alcance.encuentros)
    return list(suyos)


def _por_mes(encuentros):
    """[(primer día del mes, [cuántos de cada tipo], total)]."""
    cuentas = Counter()
    for fecha, tipo in encuentros.order_by().values_list("fecha", "tipo"):
        cuentas[fecha.replace(day=1), tipo] += 1
    meses = sorted({mes for mes, _ in cuentas})
    filas = [(mes, [cuentas[mes, tipo] for tipo in Tipo.values]) for mes in meses]
    return [(mes, suyos, sum(suyos)) for mes, suyos in filas]


# --- Anexo 2: la agenda -------------------------------------------------------------------------


def agenda(alcance):
    """Cada agenda distinta una sola vez, con los talleres en que se siguió."""
    talleres = (
        alcance.encuentros.filter(tipo=Tipo.M3, agenda__isnull=False)
        .exclude(estado=Estado.CANCELADO)
        .distinct()
        .order_by("fecha", "jornada", "pk")
        .prefetch_related("grupos", Prefetch("agenda", PuntoAgenda.objects.order_by("orden")))
    )
    por_agenda = {}
    for taller in talleres:
        taller.puntos = list(taller.agenda.all())
        clave = (taller.jornada, *(_huella(punto) for punto in taller.puntos))
        por_agenda.setdefault(clave, []).append(taller)
    visibles = {grupo.pk for grupo in alcance.todos_los_grupos}
    return {"agendas": [_agenda(talleres, visibles) for talleres in por_agenda.values()]}


def _huella(punto):
    return punto.titulo, punto.inicio, punto.fin, punto.responsables, punto.subpuntos


def _agenda(talleres, visibles):
    jornada = Jornada(talleres[0].jornada).label if talleres[0].jornada else "Todo el día"
    return {
        "titulo": f"{jornada}: {_donde(talleres)}",
        "puntos": talleres[0].puntos,
        "talleres": [(taller, _numeros(taller, visibles)) for taller in talleres],
    }


def _donde(talleres):
    """«Esmeraldas (22 ago) y Pedernales (27 ago)»: dos agendas de tarde no se llaman igual."""
    dichos = [
        f"{uno.lugar} ({date_format(uno.fecha, 'j b')})" for uno in talleres[:SEDES_A_LA_VISTA]
    ]
    de_mas = len(talleres) - len(dichos)
    return enumerar([*dichos, f"{de_mas} más"] if de_mas else dichos)


def _numeros(encuentro, visibles):
    """«1 y 2», de los grupos que se ven."""
    suyos = sorted(grupo.numero for grupo in encuentro.grupos.all() if grupo.pk in visibles)
    return enumerar([str(numero) for numero in suyos])


# --- Anexo 3: la asistencia ---------------------------------------------------------------------


def asistencia(alcance):
    """Por encuentro, lo declarado y lo registrado por nivel y sexo. Nunca nombres."""
    encuentros = (
        alcance.encuentros.exclude(estado=Estado.CANCELADO).en_orden().prefetch_related("grupos")
    )
    registradas = contar_por_encuentro(alcance.encuentros.values("pk"))
    visibles = {grupo.pk for grupo in alcance.todos_los_grupos}
    filas = [
        {
            "encuentro": encuentro,
            "grupos": _numeros(encuentro, visibles),
            "declarados": encuentro.participantes_declarados,
            "niveles": _niveles(registradas.get(encuentro.pk)),
            "suma": registradas[encuentro.pk].suma if encuentro.pk in registradas else None,
        }
        for encuentro in encuentros
        if encuentro.pk in registradas or encuentro.participantes_declarados is not None
    ]
    return {
        "filas": filas,
        "meses": _asistencia_por_mes(filas) if len(filas) > TOPE_DE_ENCUENTROS else None,
        "niveles": Participante.Nivel.labels,
        "con_nomina": bool(registradas),
        "declarados": sum(fila["declarados"] or 0 for fila in filas),
        "registrados": sum(fila["suma"].total for fila in filas if fila["suma"]),
    }


def _asistencia_por_mes(filas):
    """[(primer día del mes, encuentros, declarados, registrados, mujeres, hombres, sin dato)]."""
    meses = {}
    for fila in filas:
        suma, de_este = fila["suma"], [1, fila["declarados"] or 0, 0, 0, 0, 0]
        if suma:
            de_este[2:] = [suma.total, suma.mujeres, suma.hombres, suma.sin_dato]
        mes = fila["encuentro"].fecha.replace(day=1)
        meses[mes] = [a + b for a, b in zip(meses.get(mes, [0] * 6), de_este, strict=True)]
    return [(mes, *meses[mes]) for mes in sorted(meses)]


def _niveles(asistencia):
    """Cuántas personas de cada nivel, en el orden de `Participante.Nivel`."""
    if asistencia is None:
        return []
    totales = {renglon.nivel: renglon.total for renglon in asistencia.por_nivel}
    return [totales.get(nivel, 0) for nivel in Participante.Nivel.values]


CRONOGRAMA = Seccion(
    "anexo_cronograma",
    "Cronograma de trabajo",
    "pdot/informe/anexo_cronograma.html",
    cronograma,
    anexo=True,
)
AGENDA = Seccion(
    "anexo_agenda", "Agenda de los talleres", "pdot/informe/anexo_agenda.html", agenda, anexo=True
)
ASISTENCIA = Seccion(
    "anexo_asistencia",
    "Asistencia en cifras",
    "pdot/informe/anexo_asistencia.html",
    asistencia,
    anexo=True,
)
