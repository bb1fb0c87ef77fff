"""Lee lo que `choques.py` necesita, con cuatro consultas a lo más.

También de un encuentro que todavía se está tecleando y no está en la base.
"""

from dataclasses import replace
from datetime import timedelta

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from acompanamiento.models import Membresia
from territorios.models import Gad, Territorio

from .choques import Cita, GadConvocado, hallar_choques, tiempos_aprendidos
from .models import (
    ChoqueAceptado,
    Convocado,
    Convocatoria,
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

    Solo se leen los de la víspera al día siguiente y los diálogos de sus provincias, que dan el
    orden: en una estrategia nacional los demás son miles.
    """
    convocados = {uno.gad_id for uno in encuentro.convocados.all()}
    cercanos = _alrededor_de(encuentro, convocados)
    hallados = _hallar(encuentro.estrategia_id, cercanos, usuario, hoy)
    return [c for c in hallados if any(cita.pk == encuentro.pk for cita in c.citas)]


def choques_de_lo_tecleado(encuentro, *, grupos, convocados, facilitan, usuario, hoy=None):
    """Los choques sin aceptar que tendría un encuentro sin guardar, nuevo o cambiado.

    Debe tener al menos estrategia, tipo, fecha y jornada. No escribe nada.
    """
    propia = _cita_tecleada(encuentro, grupos)
    propia.convocados = [GadConvocado(gad.pk, gad.nombre, gad.nivel) for gad in convocados]
    propia.facilitan = {entidad.pk: str(entidad) for entidad in facilitan}
    otros = _alrededor_de(encuentro, {gad.pk for gad in convocados}).exclude(pk=encuentro.pk)
    hallados = _hallar(encuentro.estrategia_id, otros, usuario, hoy, propia)
    suyos = [c for c in hallados if any(cita is propia for cita in c.citas)]
    return [choque for choque in suyos if not choque.aceptado]


def _alrededor_de(encuentro, convocados):
    """Los de esos tres días y los diálogos con GAD de las provincias de `convocados` o del suyo."""
    un_dia = timedelta(days=1)
    elegidos = Q(fecha__range=(encuentro.fecha - un_dia, encuentro.fecha + un_dia))
    dialogos = Q(tipo__in=[Encuentro.Tipo.M1, Encuentro.Tipo.M2])
    codigos = convocados | {encuentro.gad_id} - {None}
    for provincia in sorted({codigo[:2] for codigo in codigos}):
        elegidos |= dialogos & Q(gad__territorio__codigo__startswith=provincia)
    return Encuentro.objects.filter(elegidos, estrategia=encuentro.estrategia_id)


def _hallar(estrategia, encuentros, usuario, hoy, *mas_citas):
    vivos = encuentros.exclude(estado=Encuentro.Estado.CANCELADO)
    citas = leer_citas(vivos, visibles=Encuentro.objects.visibles_para(usuario))
    citas += mas_citas
    # Solo se leen si alguien facilita dos encuentros seguidos: si no, no hay viaje que medir.
    tiempos = SimpleLazyObject(lambda: leer_tiempos(estrategia))
    choques = hallar_choques(citas, tiempos, hoy or timezone.localdate())
    aceptados = _aceptados(estrategia, usuario) if choques else {}
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
        sin_recibir=Coalesce(Subquery(_sin_recibir()), 0),
        sede_en_grupo=Exists(
            _miembros_en_la_sede(OuterRef("fecha"), OuterRef("canton")).filter(
                grupo__encuentros=OuterRef("pk")
            )
        ),
        feriado=Subquery(_feriado(OuterRef("fecha"), OuterRef("canton")).values("nombre")[:1]),
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
        sin_recibir=encuentro.sin_recibir,
        feriado=encuentro.feriado or "",
        parametros=ParametrosDeAgenda(**(encuentro.medidas or {})),
        visible=encuentro.visible,
        encuentro=encuentro,
    )


def _cita_tecleada(encuentro, grupos):
    """La cita de un encuentro sin guardar, todavía sin convocados ni quién facilite."""
    canton, fecha = encuentro.canton_id, encuentro.fecha
    de_sus_grupos = _miembros_en_la_sede(fecha, canton).filter(grupo__in=grupos)
    encuentro.sede_en_grupo = de_sus_grupos.exists()
    feriado = _feriado(fecha, canton).first()
    encuentro.feriado = feriado.nombre if feriado else ""
    encuentro.medidas = ParametrosDeAgenda.objects.como_datos(fecha).first()
    encuentro.medidas = encuentro.medidas and encuentro.medidas["datos"]
    del_canton = Territorio.objects.filter(pk=canton).values_list("lon", "lat")
    punto = _cabecera(canton).values_list("lon", "lat").first() or del_canton.first()
    encuentro.lon, encuentro.lat = punto or (None, None)
    encuentro.visible, encuentro.sin_recibir = True, 0
    cita = _cita(encuentro)
    # Uno nuevo no tiene clave todavía; ninguno guardado tiene el cero.
    cita.pk = encuentro.pk or 0
    cita.grupos = [grupo.pk for grupo in grupos]
    return cita


def _sin_recibir():
    """Cuántos convocados de un encuentro ya convocado no tienen su convocatoria."""
    suya = Convocatoria.objects.filter(encuentro=OuterRef("encuentro"), gad=OuterRef("gad"))
    faltan = Convocado.objects.filter(
        ~Exists(suya.recibidas()),
        encuentro=OuterRef("pk"),
        encuentro__estado=Encuentro.Estado.CONVOCADO,
    )
    return faltan.order_by().values("encuentro").annotate(cuantos=Count("pk")).values("cuantos")


def _miembros_en_la_sede(fecha, canton):
    """Miembros de grupos, ese día, cuyo cantón es la sede del encuentro.

    El GAD provincial recibe en su capital, que en la DPA es siempre el cantón 01.
    """
    del_dia = Membresia.objects.vigentes_en(fecha)
    en_la_sede = Q(gad__territorio=canton)
    en_la_sede |= Q(gad__territorio__padre=canton, gad__nivel__in=Gad.PARROQUIALES)
    en_la_sede |= Q(capital=canton, gad__nivel__in=Gad.PROVINCIALES)
    return del_dia.annotate(capital=Concat("gad_id", Value("01"))).filter(en_la_sede)


def _feriado(fecha, canton):
    """Los feriados propios de ese día en el cantón o en todo el país."""
    return Feriado.objects.filter(Q(canton__isnull=True) | Q(canton=canton), fecha=fecha)


def _cabecera(canton):
    return Territorio.objects.filter(padre=canton, cabecera=True)


def _de_la_cabecera(campo):
    """El punto de la parroquia cabecera queda más cerca de la ciudad que el del cantón."""
    return Subquery(_cabecera(OuterRef("canton")).values(campo)[:1])


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
