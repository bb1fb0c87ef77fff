"""Lee lo que `choques.py` necesita, con un número fijo de consultas: cuatro."""

from dataclasses import replace
from datetime import timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.utils import timezone

from acompanamiento.models import Membresia
from territorios.models import Gad, Territorio

from .choques import Cita, GadConvocado, hallar_choques, tiempos_aprendidos
from .models import (
    ChoqueAceptado,
    Convocado,
    Encuentro,
    Facilitacion,
    Feriado,
    ParametrosDeAgenda,
    Traslado,
)

TEXTO = CharField()


def choques_de_estrategia(estrategia, usuario, hoy=None):
    """Todos los choques de la estrategia en que interviene algo que ve `usuario`."""
    return _hallar(estrategia, Encuentro.objects.filter(estrategia=estrategia), usuario, hoy)


def choques_de_encuentro(encuentro, usuario, hoy=None):
    """Los choques en que interviene ese encuentro.

    Solo se leen los de la víspera al día siguiente y los diálogos, que dan el orden.
    """
    un_dia = timedelta(days=1)
    cerca = Q(fecha__range=(encuentro.fecha - un_dia, encuentro.fecha + un_dia))
    dialogos = Q(tipo__in=[Encuentro.Tipo.M1, Encuentro.Tipo.M2])
    alrededor = Encuentro.objects.filter(cerca | dialogos, estrategia=encuentro.estrategia_id)
    hallados = _hallar(encuentro.estrategia_id, alrededor, usuario, hoy)
    return [c for c in hallados if any(cita.pk == encuentro.pk for cita in c.citas)]


def _hallar(estrategia, encuentros, usuario, hoy):
    vivos = encuentros.exclude(estado=Encuentro.Estado.CANCELADO)
    citas = leer_citas(vivos, visibles=Encuentro.objects.visibles_para(usuario))
    choques = hallar_choques(citas, leer_tiempos(estrategia), hoy or timezone.localdate())
    aceptados = _aceptados(estrategia, usuario)
    return [replace(choque, aceptado=aceptados.get(choque.clave)) for choque in choques]


def _aceptados(estrategia, usuario):
    """{clave: ChoqueAceptado}, cada uno con `se_lee`: si `usuario` puede leer su motivo."""
    visibles = ChoqueAceptado.objects.visibles_para(usuario).filter(pk=OuterRef("pk"))
    aceptados = ChoqueAceptado.objects.filter(estrategia=estrategia).select_related("por")
    return {uno.clave: uno for uno in aceptados.annotate(se_lee=Exists(visibles))}


def leer_tiempos(estrategia):
    """Los tiempos de viaje que se saben por los traslados de la estrategia. Una consulta."""
    por_carretera = Traslado.Modo.TERRESTRE
    utiles = Traslado.objects.filter(estrategia=estrategia).filter(
        Q(hora__isnull=False, llegada__isnull=False) | ~Q(modo=por_carretera)
    )
    return tiempos_aprendidos(utiles)


# --- Citas --------------------------------------------------------------------------------------


def leer_citas(encuentros, visibles=None):
    """Las citas de esos encuentros, en dos consultas; solo se explican las de `visibles`.

    Sin `visibles`, todas.
    """
    se_ven = Value(True) if visibles is None else Exists(visibles.filter(pk=OuterRef("pk")))
    leidos = encuentros.select_related(
        "canton", "autoridad", "gad__territorio__padre", "estrategia"
    ).annotate(
        visible=se_ven,
        sede_en_grupo=Exists(_miembros_en_la_sede()),
        feriado=Subquery(_feriado().values("nombre")[:1]),
        medidas=Subquery(ParametrosDeAgenda.objects.como_datos(OuterRef("fecha"))),
        lon=Coalesce(_de_la_cabecera("lon"), F("canton__lon")),
        lat=Coalesce(_de_la_cabecera("lat"), F("canton__lat")),
    )
    citas = {encuentro.pk: _cita(encuentro) for encuentro in leidos}
    for pk, rasgo, codigo, nombre, nivel in _quienes(encuentros):
        if pk not in citas:  # lo programó alguien entre una consulta y la otra
            continue
        if rasgo == "gad":
            citas[pk].convocados.append(GadConvocado(codigo, nombre, nivel))
        elif rasgo == "entidad":
            citas[pk].facilitan[int(codigo)] = nombre
        else:
            citas[pk].grupos.append(int(codigo))
    return list(citas.values())


def _cita(encuentro):
    canton, gad, autoridad = encuentro.canton, encuentro.gad, encuentro.autoridad
    return Cita(
        pk=encuentro.pk,
        tipo=encuentro.tipo,
        fecha=encuentro.fecha,
        jornada=encuentro.jornada,
        lugar=encuentro.lugar,
        nombre=encuentro.nombre_corto,
        inicio=encuentro.inicio,
        fin=encuentro.fin,
        modalidad=encuentro.modalidad,
        estado=encuentro.estado,
        canton=encuentro.canton_id,
        nombres_del_canton=(canton.nombre, canton.capital) if canton else (),
        punto=None if encuentro.lon is None else (float(encuentro.lon), float(encuentro.lat)),
        sede_en_grupo=encuentro.sede_en_grupo,
        gad=encuentro.gad_id,
        nombre_del_gad=gad.nombre if gad else "",
        provincia=gad.territorio.provincia.nombre if gad else "",
        autoridad=encuentro.autoridad_id,
        nombre_de_autoridad=autoridad.nombre if autoridad else "",
        feriado=encuentro.feriado or "",
        parametros=ParametrosDeAgenda(**(encuentro.medidas or {})),
        visible=encuentro.visible,
        encuentro=encuentro,
    )


def _miembros_en_la_sede():
    """Miembros de los grupos, ese día, cuyo cantón es la sede del encuentro.

    El GAD provincial recibe en su capital, que en la DPA es siempre el cantón 01.
    """
    del_dia = Membresia.objects.vigentes_en(OuterRef("fecha"))
    en_la_sede = Q(gad__territorio=OuterRef("canton"))
    en_la_sede |= Q(gad__territorio__padre=OuterRef("canton"), gad__nivel__in=Gad.PARROQUIALES)
    en_la_sede |= Q(capital=OuterRef("canton"), gad__nivel__in=Gad.PROVINCIALES)
    return del_dia.annotate(capital=Concat("gad_id", Value("01"))).filter(
        en_la_sede, grupo__encuentros=OuterRef("pk")
    )


def _feriado():
    """Los feriados propios de ese día en el cantón o en todo el país."""
    aqui = Q(canton__isnull=True) | Q(canton=OuterRef("canton"))
    return Feriado.objects.filter(aqui, fecha=OuterRef("fecha"))


def _de_la_cabecera(campo):
    """El punto de la parroquia cabecera queda más cerca de la ciudad que el del cantón."""
    cabecera = Territorio.objects.filter(padre=OuterRef("canton"), cabecera=True)
    return Subquery(cabecera.values(campo)[:1])


def _quienes(encuentros):
    """(encuentro, rasgo, código, nombre, nivel) de convocados, entidades que facilitan y grupos."""
    estos = {"encuentro__in": encuentros.values("pk")}
    gads = Convocado.objects.filter(**estos).values_list(
        "encuentro", Value("gad", TEXTO), "gad", "gad__territorio__nombre", "gad__nivel"
    )
    siglas = Coalesce(NullIf("entidad__siglas", Value("")), "entidad__nombre")
    facilitan = Facilitacion.objects.filter(**estos, papel=Facilitacion.Papel.FACILITA)
    entidades = facilitan.values_list(
        "encuentro", Value("entidad", TEXTO), Cast("entidad", TEXTO), siglas, Value("", TEXTO)
    )
    grupos = Encuentro.grupos.through.objects.filter(**estos).values_list(
        "encuentro", Value("grupo", TEXTO), Cast("grupo", TEXTO), Value("", TEXTO), Value("", TEXTO)
    )
    return gads.order_by().union(entidades.order_by(), grupos.order_by(), all=True)
