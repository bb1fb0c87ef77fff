"""Llena una base vacía con datos de escala nacional, iguales cada vez.

Sin personas inventadas: quien asiste es «Participante 1» y firma «Autoridad de Rioverde». Es carga
y no edición: de una vez, y con historia solo lo que las páginas leen de ella.
"""

from contextlib import contextmanager
from datetime import datetime, time, timedelta
from itertools import count, cycle, islice

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from acompanamiento.models import Criterio, Estrategia, Grupo, Membresia
from talleres.models import (
    Aporte,
    Convocado,
    Encuentro,
    Facilitacion,
    Participante,
    PuntoAgenda,
    TextoConsentimiento,
)
from territorios.models import Autoridad, Entidad, Gad, Usuario

from . import datos_evaluaciones, datos_grupos, datos_informes
from .carga import con_fechas_dadas, guardar

DIAS_POR_ESTRATEGIA = 183
CANTONES_POR_GRUPO = 4
CRITERIOS = ("Turismo", "Riesgos", "Conectividad", "Cuencas hidrográficas", "Riego", "Frontera")
TIPOS = ("M1", "M2", "M2", "M3", "C")
HORAS = ((time(9), time(11)), (time(11), time(12, 30)), (time(14), time(16)), (time(16), time(17)))
PUNTOS = ("Bienvenida", "Contexto del grupo", "Trabajo en mesas", "Acuerdos y cierre")


def sembrar(medidas, *, hoy=None, aviso=lambda texto: None):
    """Crea todo sobre la DPA y los catálogos ya cargados. `aviso(texto)` dice por dónde va."""
    hoy = hoy or timezone.localdate()
    gads = list(Gad.objects.vigentes().para_lista().order_by("pk"))
    usuarios = _usuarios(gads)
    _autoridades(gads, hoy)
    aviso("grupos")
    grupos = _grupos(medidas, gads, hoy)
    aviso("encuentros")
    encuentros = _encuentros(medidas, grupos, hoy)
    aviso("asistencia")
    _asistencias(medidas, encuentros)
    aviso("evaluaciones")
    datos_evaluaciones.sembrar(medidas, gads, hoy, usuarios["central"])
    aviso("acuerdos, hojas de ruta, visión y planes de capacidades")
    datos_grupos.sembrar(medidas, gads, grupos[0], grupos, hoy, usuarios["central"])
    aviso("documentos, trabajos y avisos")
    emiten = Usuario.objects.filter(rol__in=("central", "zonal")).order_by("pk")
    datos_informes.sembrar(medidas, list(emiten))


def cargar_catalogos():
    """La DPA y los catálogos de siempre, que la plataforma trae."""
    call_command("cargar_dpa", verbosity=0, stdout=_Mudo())
    call_command("cargar_catalogos", verbosity=0)


def contar_resumenes():
    """Lo que cron deja contado cada noche, y las estadísticas con que la base elige su plan."""
    for orden in ("contar_indicadores", "contar_choques", "contar_avance"):
        call_command(orden, verbosity=0, stdout=_Mudo())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class _Mudo:
    """Salida que no dice nada."""

    def write(self, texto):
        pass

    def flush(self):
        pass


@contextmanager
def sin_asegurar_el_disco():
    """Cargar sin esperar al disco: si se va la luz, la base de rayones se hace otra vez."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")
        else:
            cursor.execute("SET synchronous_commit=off")
            cursor.execute("SET statement_timeout=0")
    try:
        yield
    finally:
        connection.close()


def _usuarios(gads):
    """Una cuenta de la central, una por zona, una que observa y la de un GAD de cada nueve."""
    zonas = sorted({gad.territorio.zona_id for gad in gads})
    cuentas = [Usuario(username="medir-central", rol="central", is_staff=True)]
    cuentas += [Usuario(username=f"medir-zonal{z}", rol="zonal", zona_id=z) for z in zonas]
    cuentas += [Usuario(username="medir-observa", rol="observador")]
    cuentas += [
        Usuario(username=f"medir-gad{gad.pk}", rol="planificador", gad=gad)
        for lugar, gad in enumerate(gads)
        if lugar % 9 == 0 or len(gads) < 20
    ]
    for cuenta in cuentas:
        cuenta.set_unusable_password()
    guardar(Usuario, cuentas)
    return {"central": Usuario.objects.get(username="medir-central")}


def _autoridades(gads, hoy):
    desde = hoy.replace(month=1, day=1) - timedelta(days=365)
    guardar(
        Autoridad,
        (
            Autoridad(
                gad=gad,
                nombre=f"Autoridad de {gad.nombre}"[:120],
                cargo=gad.titulo_autoridad,
                desde=desde,
            )
            for gad in gads
        ),
    )


# --- Estrategias y grupos -----------------------------------------------------------------------


def _grupos(medidas, gads, hoy):
    """[[grupo, …] por estrategia]: la primera es la de hoy, y cada una junta el país entero."""
    criterios = [Criterio.objects.get_or_create(nombre=nombre)[0] for nombre in CRITERIOS]
    reparto = list(_reparto(gads))
    estrategias = []
    for lugar in range(medidas.estrategias):
        desde = hoy - timedelta(days=135 + lugar * DIAS_POR_ESTRATEGIA)
        estrategias.append(
            Estrategia(
                codigo=f"nacional-{lugar + 1}",
                nombre=f"Acompañamiento nacional, semestre {medidas.estrategias - lugar}",
                desde=desde,
                hasta=desde + timedelta(days=DIAS_POR_ESTRATEGIA - 1),
                objetivo_general="Acompañar la actualización de los PDOT de todo el país.",
            )
        )
    guardar(Estrategia, estrategias)
    hechos = []
    for lugar, estrategia in enumerate(estrategias):
        de_hoy = lugar == 0
        grupos = [
            Grupo(
                estrategia=estrategia,
                numero=numero,
                nombre=f"{cantones[0].nombre} y sus vecinos, {numero}"[:120],
                criterio=criterios[numero % len(criterios)],
                sede=cantones[0].territorio,
                zona=cantones[0].territorio.zona,
                estado=Grupo.Estado.EN_MARCHA if de_hoy else Grupo.Estado.CERRADO,
            )
            for numero, (cantones, _) in enumerate(reparto, 1)
        ]
        guardar(Grupo, grupos)
        Grupo.historia.bulk_history_create(grupos, batch_size=500)
        guardar(
            Membresia,
            (
                Membresia(
                    grupo=grupo,
                    gad=gad,
                    desde=estrategia.desde,
                    hasta=None if de_hoy else estrategia.hasta,
                )
                for grupo, (_, miembros) in zip(grupos, reparto, strict=True)
                for gad in miembros
            ),
        )
        for grupo, (cantones, miembros) in zip(grupos, reparto, strict=True):
            grupo.cantones_suyos, grupo.miembros_suyos = cantones, miembros
        hechos.append(grupos)
    return hechos


def _reparto(gads):
    """(cantones, miembros) de cada grupo: cuatro cantones seguidos de una zona y lo suyo."""
    por_codigo = {gad.pk: gad for gad in gads}
    cantones = [gad for gad in gads if gad.nivel in Gad.MUNICIPALES]
    for zona in sorted({gad.territorio.zona_id for gad in cantones}):
        suyos = iter([gad for gad in cantones if gad.territorio.zona_id == zona])
        while unos := list(islice(suyos, CANTONES_POR_GRUPO)):
            codigos = {gad.pk for gad in unos}
            provincias = sorted({codigo[:2] for codigo in codigos} & por_codigo.keys())
            parroquias = [gad for gad in gads if len(gad.pk) == 6 and gad.pk[:4] in codigos]
            yield unos, [*(por_codigo[codigo] for codigo in provincias), *unos, *parroquias]


# --- Encuentros ---------------------------------------------------------------------------------


def _encuentros(medidas, grupos, hoy):
    """Los encuentros de cada estrategia, repartidos entre sus grupos y sus días hábiles."""
    entidades = list(Entidad.objects.order_by("pk")[:2])
    por_estrategia, sobra = divmod(medidas.encuentros, len(grupos))
    hechos = []
    for lugar, suyos in enumerate(grupos):
        cuantos = por_estrategia + (sobra if lugar == 0 else 0)
        nuevos = list(_de_estrategia(suyos, cuantos, hoy))
        guardar(Encuentro, nuevos)
        Encuentro.historia.bulk_history_create(nuevos, batch_size=500)
        _lo_del_encuentro(nuevos, entidades)
        hechos += nuevos
    return hechos


def _de_estrategia(grupos, cuantos, hoy):
    estrategia = grupos[0].estrategia
    dias = _dias_habiles(estrategia)
    for lugar in range(cuantos):
        grupo, tipo = grupos[lugar % len(grupos)], TIPOS[lugar // len(grupos) % len(TIPOS)]
        fecha = dias[lugar * len(dias) // cuantos]
        inicio, fin = HORAS[lugar % len(HORAS)]
        canton = grupo.cantones_suyos[lugar // len(grupos) % len(grupo.cantones_suyos)]
        encuentro = Encuentro(
            estrategia=estrategia,
            tipo=tipo,
            clase=Encuentro.Clase.COORDINACION if tipo == "C" else "",
            tema=f"Encuentro {lugar + 1} del grupo {grupo.numero}",
            fecha=fecha,
            inicio=inicio,
            fin=fin,
            jornada=Encuentro.Jornada.de(inicio),
            lugar=canton.nombre,
            canton=canton.territorio,
            gad=canton if tipo == "M2" else None,
            estado=_estado(fecha, hoy, lugar),
        )
        encuentro.de_grupo, encuentro.de_canton = grupo, canton
        yield encuentro


def _dias_habiles(estrategia):
    dias = (estrategia.desde + timedelta(days=n) for n in range(DIAS_POR_ESTRATEGIA))
    return [dia for dia in dias if dia.weekday() < 5]


def _estado(fecha, hoy, lugar):
    if fecha < hoy:
        return Encuentro.Estado.REALIZADO
    return Encuentro.Estado.CONVOCADO if lugar % 2 else Encuentro.Estado.PLANIFICADO


def _lo_del_encuentro(encuentros, entidades):
    """Su grupo, a quién se convoca, quién facilita, su agenda y lo que se dijo."""
    en_grupo = Encuentro.grupos.through
    guardar(en_grupo, (en_grupo(encuentro=e, grupo=e.de_grupo) for e in encuentros))
    guardar(
        Convocado, (Convocado(encuentro=e, gad=gad) for e in encuentros for gad in _convocados(e))
    )
    guardar(
        Facilitacion,
        (Facilitacion(encuentro=e, entidad=una) for e in encuentros for una in entidades),
    )
    guardar(PuntoAgenda, (punto for e in encuentros for punto in _agenda(e)))
    realizados = [e for e in encuentros if e.estado == Encuentro.Estado.REALIZADO]
    guardar(Aporte, (aporte for e in realizados for aporte in _aportes(e)))


def _convocados(encuentro):
    miembros = encuentro.de_grupo.miembros_suyos
    if encuentro.tipo == "M1":
        return miembros[:1]
    if encuentro.tipo == "M2":
        return [encuentro.de_canton]
    return miembros if encuentro.tipo == "M3" else encuentro.de_grupo.cantones_suyos


def _agenda(encuentro):
    for orden, titulo in enumerate(PUNTOS, 1):
        inicio = time(encuentro.inicio.hour, (orden - 1) * 15)
        fin = time(encuentro.inicio.hour, orden * 15 - 1)
        yield PuntoAgenda(encuentro=encuentro, orden=orden, titulo=titulo, inicio=inicio, fin=fin)


def _aportes(encuentro):
    for orden in range(1, 5):
        yield Aporte(
            estrategia=encuentro.estrategia,
            encuentro=encuentro,
            momento=encuentro.tipo,
            gad=encuentro.de_canton,
            orden=orden,
            texto=f"Aporte {orden} sobre los servicios que el cantón comparte con sus vecinos.",
        )


# --- Asistencia ---------------------------------------------------------------------------------


def _asistencias(medidas, encuentros):
    """Repartidas por igual entre los encuentros que ya se hicieron."""
    realizados = [e for e in encuentros if e.estado == Encuentro.Estado.REALIZADO]
    texto = TextoConsentimiento.objects.en()
    dicho = texto.texto if texto else "La persona aceptó que se guarden sus datos."
    sexos = cycle(Participante.Sexo.values[:2])
    numero = count(1)
    with con_fechas_dadas(Participante, "creado"):
        guardar(
            Participante,
            (
                _participante(encuentro, n, next(sexos), dicho)
                for n, encuentro in zip(
                    islice(numero, medidas.asistencias), cycle(realizados), strict=False
                )
            ),
        )


def _participante(encuentro, numero, sexo, dicho):
    miembros = encuentro.de_grupo.miembros_suyos
    gad = miembros[numero % len(miembros)]
    return Participante(
        encuentro_id=encuentro.pk,
        nombre=f"Participante {numero}",
        cargo="Técnico/a de planificación",
        gad_id=gad.pk,
        nivel=Participante.Nivel.de(gad),
        sexo=sexo,
        consentimiento=dicho,
        consentimiento_fecha=encuentro.fecha,
        via=Participante.Via.LISTA,
        creado=timezone.make_aware(_a_las_nueve(encuentro.fecha)),
    )


def _a_las_nueve(fecha):
    return datetime.combine(fecha, time(9))
