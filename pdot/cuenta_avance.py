"""Las cifras del avance, que se guardan contadas: por mirada y por ámbito, fuera de las páginas.

Se cuentan de nuevo cuando se guarda algo de lo que las mueve (pdot.tarea_de_avance) y cada noche
con `manage.py contar_avance`, porque los días también las mueven: vence una fecha meta o empieza
una membresía. De paso queda el corte del día, y de los cortes sale la tendencia.
"""

from collections import Counter, defaultdict

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from acompanamiento.models import Acuerdo, Grupo, Membresia
from talleres.models import Encuentro
from territorios.jurisdiccion import Permiso

from .ambito import Ambito
from .cobertura import contar, leer_gads, marcar
from .escalones import Escalon
from .miradas import PAIS, ambito_de_grupo, ambito_de_zona, miradas
from .models import CifrasDeAvance, CorteDeAvance, Evaluacion, Paso, Pdot
from .ritmo import contar_puestos, puestos_de

POR_TANDA = 500


# --- Contar -------------------------------------------------------------------------------------


def contar_para(usuario, puestos=None):
    """{ámbito: cifras} de todo lo que abarca quien mira: país o zona, y los grupos que ve.

    `puestos`: los de todos los grupos, si ya se leyeron.
    """
    visibles = Grupo.objects.visibles_para(usuario).conformados().select_related("estrategia")
    grupos = list(visibles.order_by("estrategia", "pk"))
    gads = leer_gads(usuario, [grupo.pk for grupo in grupos])
    marcar(gads, usuario)
    gads = list(gads.values())
    if puestos is None:
        puestos = puestos_de(grupos, timezone.localdate())
    a_la_vista = {grupo.pk for grupo in grupos}
    puestos = [puesto for puesto in puestos if puesto.grupo.pk in a_la_vista]
    ambitos = {}
    if usuario.ve_el_pais:
        ambitos[PAIS] = _cifras(gads, puestos) | _hecho_para(usuario)
    por_zona = _agrupar(gads, lambda gad: [gad.zona])
    puestos_por_zona = _agrupar(puestos, lambda puesto: [puesto.zona])
    for zona in sorted(por_zona):
        if usuario.ve_el_pais or zona == usuario.zona_id:
            cifras = _cifras(por_zona[zona], puestos_por_zona[zona])
            cifras["nombre"] = por_zona[zona][0].nombre_zona
            ambitos[ambito_de_zona(zona)] = cifras | _hecho_para(usuario, zona)
    miembros = _agrupar(gads, lambda gad: [grupo.pk for grupo in gad.grupos])
    de_grupo = _agrupar(puestos, lambda puesto: [puesto.grupo.pk])
    hechos = Hechos(usuario)
    for grupo in grupos:
        suyos = miembros[grupo.pk]
        ambitos[ambito_de_grupo(grupo.pk)] = {
            **_cifras(suyos, de_grupo[grupo.pk]),
            "gads": [_renglon(gad) for gad in suyos],
            "numero": grupo.numero,
            "nombre": grupo.nombre,
            "estado": grupo.estado,
            "estrategia": grupo.estrategia_id,
            "zonas": sorted({grupo.zona_id, *(gad.zona for gad in suyos)}),
            **hechos.de_grupo(grupo),
        }
    return ambitos


def _agrupar(cosas, claves):
    partes = defaultdict(list)
    for cosa in cosas:
        for clave in claves(cosa):
            partes[clave].append(cosa)
    return partes


def _cifras(gads, puestos):
    provincias = {}
    for codigo, suyos in _agrupar(gads, lambda gad: [gad.codigo_provincia]).items():
        provincias[codigo] = {"nombre": suyos[0].provincia, "niveles": _niveles(suyos)}
    return {
        "niveles": _niveles(gads),
        "provincias": provincias,
        "cantones": {gad.codigo: gad.escalon.value for gad in gads if gad.nivel == "municipales"},
        "ritmo": contar_puestos(puestos),
    }


def _renglon(gad):
    """[código, nombre, cantón o provincia, nivel, marcas] de un miembro."""
    lugar = gad.canton or gad.provincia
    marcas = sorted((marca.value for marca in gad.marcas), key=lambda m: Escalon(m).orden())
    return [gad.codigo, gad.nombre, lugar, gad.nivel, marcas]


def _niveles(gads):
    """{nivel: [cuántos GAD, {escalón: cuántos}]}; lo lee Recuento.leer."""
    return {
        nivel: [recuento.total, {marca.value: n for marca, n in recuento.marcas.items()}]
        for nivel, recuento in contar(gads, lambda gad: gad.nivel).items()
    }


def _hecho_para(usuario, zona=None):
    """Lo que dice `resumen`, con lo que ve quien mira, por estado: evaluaciones, encuentros (por
    estrategia) y acuerdos. Con una zona, lo de ella (pdot.ambito).

    Los borradores son de cada GAD y no se cuentan; quien observa solo cuenta lo aprobado.
    """
    ambito = Ambito.de(usuario, zona)
    estados = Evaluacion.Estado.values
    if not usuario.puede(Permiso.REVISAR_EVALUACION):
        estados = [Evaluacion.Estado.APROBADA.value]
    salidas = ambito.evaluaciones.order_by().exclude(estado=Evaluacion.Estado.BORRADOR)
    cuentas = Counter(salidas.values_list("estado", flat=True))
    return {
        "evaluaciones": {estado: cuentas[estado] for estado in estados},
        "encuentros": _por_estado(Encuentro, ambito.encuentros, "estrategia__codigo"),
        "acuerdos": _por_estado(Acuerdo, ambito.acuerdos).get("", {}),
    }


class Hechos:
    """Los encuentros y acuerdos de cada grupo que ve quien mira. Dos consultas."""

    def __init__(self, usuario):
        encuentros = Encuentro.objects.visibles_para(usuario).exclude(grupos=None)
        self.encuentros = _por_estado(Encuentro, encuentros, "grupos")
        acuerdos = Acuerdo.objects.visibles_para(usuario)
        self.acuerdos = _por_estado(Acuerdo, acuerdos, "grupo")

    def de_grupo(self, grupo):
        suyos = self.encuentros.get(grupo.pk)
        return {
            "encuentros": {grupo.estrategia.codigo: suyos} if suyos else {},
            "acuerdos": self.acuerdos.get(grupo.pk, {}),
        }


def _por_estado(modelo, consulta, parte=None):
    """{parte: {estado: cuántos}}, con todos los estados; sin `parte`, todo bajo ""."""
    partes = {}
    que = F(parte) if parte else Value("")
    filas = consulta.order_by().annotate(parte=que).values_list("parte", "estado")
    for clave, estado, cuantos in filas.annotate(cuantos=Count("pk", distinct=True)):
        partes.setdefault(clave, dict.fromkeys(modelo.Estado.values, 0))[estado] = cuantos
    return partes


# --- Guardar ------------------------------------------------------------------------------------


def contar_avance(hoy=None):
    """Cuenta y guarda todas las miradas, con el corte del día. Devuelve cuántos ámbitos fueron."""
    hoy = hoy or timezone.localdate()
    empezado = timezone.now()
    puestos = puestos_de(Grupo.objects.conformados(), hoy)
    return sum(
        _contar_mirada(mirada, cuenta, puestos, empezado, hoy)
        for mirada, cuenta in miradas().items()
    )


def _contar_mirada(mirada, cuenta, puestos, empezado, hoy):
    """Si otro proceso guardó mientras se contaba, lo leído puede ser lo viejo: se cuenta otra vez.

    Lo peor sería dejarlo encima de lo nuevo con una fecha posterior.
    """
    while (guardados := _guardar(mirada, contar_para(cuenta, puestos), empezado, hoy)) is None:
        puestos, empezado = None, timezone.now()
    return guardados


@transaction.atomic
def _guardar(mirada, ambitos, empezado, hoy):
    """Cuántos ámbitos guardó; None si otro guardó los de esta mirada después de `empezado`."""
    guardadas = CifrasDeAvance.objects.select_for_update().filter(mirada=mirada)
    if any(contado > empezado for contado in guardadas.values_list("contado", flat=True)):
        return None
    filas = [CifrasDeAvance(mirada=mirada, ambito=a, cifras=c) for a, c in ambitos.items()]
    CifrasDeAvance.objects.bulk_create(
        filas,
        batch_size=POR_TANDA,
        update_conflicts=True,
        unique_fields=["mirada", "ambito"],
        update_fields=["cifras", "contado"],
    )
    CifrasDeAvance.objects.filter(mirada=mirada).exclude(ambito__in=list(ambitos)).delete()
    _guardar_cortes(mirada, {hoy: {a: corte_de(c["niveles"]) for a, c in ambitos.items()}})
    return len(filas)


def corte_de(niveles):
    """{«total»: …, escalón: …} de unas cifras por nivel."""
    corte = Counter()
    for total, marcas in niveles.values():
        corte["total"] += total
        corte.update(marcas)
    return dict(sorted(corte.items()))


def _guardar_cortes(mirada, dias):
    """De {fecha: {ámbito: cifras}}, en orden, los que difieren del anterior de su ámbito.

    Si el primer día ya tenía corte, se pone al día; después no debe haber ninguno guardado.
    """
    if not dias:
        return
    previos = {}
    hasta = CorteDeAvance.objects.filter(mirada=mirada, fecha__lte=min(dias)).order_by()
    otro_despues = hasta.filter(ambito=OuterRef("ambito"), fecha__gt=OuterRef("fecha"))
    for ambito, cifras in hasta.filter(~Exists(otro_despues)).values_list("ambito", "cifras"):
        previos[ambito] = cifras
    nuevos = []
    for fecha, cortes in dias.items():
        for ambito, cifras in cortes.items():
            if previos.get(ambito) != cifras:
                previos[ambito] = cifras
                nuevos.append(
                    CorteDeAvance(mirada=mirada, ambito=ambito, fecha=fecha, cifras=cifras)
                )
    CorteDeAvance.objects.bulk_create(
        nuevos,
        batch_size=POR_TANDA,
        update_conflicts=True,
        unique_fields=["mirada", "ambito", "fecha"],
        update_fields=["cifras", "contado"],
    )


# --- El pasado ----------------------------------------------------------------------------------


def reconstruir(desde, hoy=None):
    """Vuelve a hacer los cortes desde una fecha hasta ayer. Devuelve cuántos días fueron.

    Solo cambian las cifras los días en que consta algo: una membresía que empieza o termina, un
    encuentro, un paso de una evaluación o la aprobación de un plan. Se reemplazan los que hubiera.
    """
    hoy = hoy or timezone.localdate()
    dias = [dia for dia in _dias_con_algo() if desde <= dia < hoy]
    with transaction.atomic():
        CorteDeAvance.objects.filter(fecha__gte=desde, fecha__lt=hoy).delete()
        for mirada, cuenta in miradas().items():
            _guardar_cortes(mirada, dict(_contar_dias(cuenta, dias)))
    return len(dias)


def _dias_con_algo(cuenta=None):
    """Los días en que consta algo; con una cuenta, algo de lo que ve."""
    membresias, encuentros, pasos = Membresia.objects, Encuentro.objects, Paso.objects
    if cuenta:
        membresias = membresias.filter(grupo__in=Grupo.objects.visibles_para(cuenta))
        encuentros = encuentros.visibles_para(cuenta)
        pasos = pasos.filter(evaluacion__in=Evaluacion.objects.visibles_para(cuenta))
    fechas = [
        membresias.values_list("desde", flat=True),
        membresias.values_list("hasta", flat=True),
        encuentros.filter(estado=Encuentro.Estado.REALIZADO).values_list("fecha", flat=True),
        pasos.annotate(dia=TruncDate(F("cuando"))).values_list("dia", flat=True),
        Pdot.objects.values_list("aprobado_el", flat=True),
    ]
    return sorted({dia for unas in fechas for dia in unas.order_by().distinct() if dia})


def _contar_dias(cuenta, dias):
    """(día, sus cortes) del primero de esos días y de los que traen algo que la cuenta ve.

    En los demás el corte sería el del día anterior. Los GAD se leen una vez: cambian sus marcas.
    """
    grupos = list(Grupo.objects.visibles_para(cuenta).conformados())
    gads = leer_gads(cuenta, [grupo.pk for grupo in grupos])
    con_algo = {*dias[:1], *_dias_con_algo(cuenta)}
    for dia in dias:
        if dia not in con_algo:
            continue
        for gad in gads.values():
            gad.grupos.clear()
            gad.marcas.clear()
        marcar(gads, cuenta, al=dia)
        yield dia, _cortes(cuenta, list(gads.values()), grupos)


def _cortes(cuenta, gads, grupos):
    cortes = {PAIS: gads} if cuenta.ve_el_pais else {}
    for zona, suyos in _agrupar(gads, lambda gad: [gad.zona]).items():
        if cuenta.ve_el_pais or zona == cuenta.zona_id:
            cortes[ambito_de_zona(zona)] = suyos
    a_la_vista = {grupo.pk for grupo in grupos}
    for clave, suyos in _agrupar(gads, lambda gad: [g.pk for g in gad.grupos]).items():
        if clave in a_la_vista:
            cortes[ambito_de_grupo(clave)] = suyos
    return {ambito: corte_de(_niveles(suyos)) for ambito, suyos in cortes.items()}
