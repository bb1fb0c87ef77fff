"""Importar un clasificador más nuevo de la DPA: qué se crea, se suprime, se renombra o se traslada.

Nada se borra: lo suprimido recibe fecha de fin y conserva su GAD y su historia. Solo se comparan
los niveles que el archivo trae.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.formats import date_format
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from ..dpa import gad_de
from ..lectura import CargaRechazada
from ..models import Gad, OtroTerritorio, Territorio, Zona
from ..texto import sin_tildes
from .clasificador import leer_clasificador
from .hojas import llano
from .previa import (
    Apartado,
    VistaPrevia,
    contar,
    esperar_turno,
    exigir_aprobada,
    sin_el_cero,
)

Nivel = Territorio.Nivel
# Un archivo a medias parecería suprimir medio país: hasta aquí se cree, más allá se rechaza.
SUPRIMIDOS_CREIBLES, PARTE_CREIBLE = 3, 0.1
NOTA_MAXIMA = 2_000


@dataclass
class PlanDpa:
    """Lo que hará la importación, sin escribir todavía. `traslados`: pares (suprimido, creado)."""

    fecha: object
    creados: list = field(default_factory=list)
    suprimidos: list = field(default_factory=list)
    renombrados: list = field(default_factory=list)
    traslados: list = field(default_factory=list)
    ajenos: list = field(default_factory=list)
    completados: list = field(default_factory=list)
    iguales: int = 0


def importar_dpa(archivo, *, fecha, por=None, aprobada=None, solo_revisar=False):
    """Pone al día la DPA con un clasificador vigente desde `fecha`. Devuelve la VistaPrevia.

    Lanza CargaRechazada, y VistaCambiada si `aprobada` no es la huella de esa vista. Repetirla no
    cambia nada.
    """
    renglones = leer_clasificador(archivo)
    with transaction.atomic():
        esperar_turno()
        plan = _planear(archivo, renglones, fecha)
        vista = _vista(archivo, plan)
        exigir_aprobada(vista, aprobada)
        if vista.cambia and not solo_revisar:
            _escribir(plan, f"Importación de la DPA: {archivo.nombre}"[:100], por)
    return vista


# --- Planear ------------------------------------------------------------------------------------


def _planear(archivo, renglones, fecha):
    base = Territorio.objects.in_bulk()
    otros = set(OtroTerritorio.objects.values_list("codigo", flat=True))
    plan = PlanDpa(fecha)
    propios = {}
    for codigo, renglon in renglones.items():
        if _no_es_gad(codigo, otros):
            plan.ajenos.append(f"{codigo} {renglon.nombre}")
        else:
            propios[codigo] = renglon
    plan.completados = [r.codigo for r in propios.values() if r.completado]
    zonas = Zona.objects.in_bulk()
    for codigo in sorted(propios, key=lambda codigo: (len(codigo), codigo)):
        _cotejar(plan, propios[codigo], base, propios, zonas)
    plan.suprimidos = _suprimidos(archivo, plan, base, propios)
    plan.traslados = _traslados(plan)
    return plan


def _no_es_gad(codigo, otros):
    """Las zonas no delimitadas (90xx) y las parroquias urbanas no son GAD ni cabecera."""
    es_urbana = len(codigo) == 6 and codigo[4:] < "50"
    return codigo in otros or codigo.startswith("90") or es_urbana


def _cotejar(plan, renglon, base, propios, zonas):
    padre = renglon.codigo[:-2]
    if padre and padre not in propios and not _vigente(base.get(padre), plan.fecha):
        raise renglon.rechazo(f"su territorio superior, {padre}, no existe a esa fecha.")
    actual = base.get(renglon.codigo)
    if actual is None:
        plan.creados.append(_nuevo(plan, renglon, base, zonas))
    elif not actual.vigente_en(plan.fecha):
        raise renglon.rechazo(_por_que_no_vigente(actual))
    elif llano(actual.nombre) == llano(renglon.nombre):
        plan.iguales += 1
    else:
        plan.renombrados.append((actual, renglon.nombre))


def _vigente(territorio, fecha):
    return territorio is not None and territorio.vigente_en(fecha)


def _por_que_no_vigente(territorio):
    if territorio.hasta:
        hasta = date_format(territorio.hasta, "SHORT_DATE_FORMAT")
        return f"{territorio} consta suprimido desde el {hasta}: corríjalo a mano."
    desde = date_format(territorio.desde, "SHORT_DATE_FORMAT")
    return f"{territorio} consta creado el {desde}, después de la fecha dada: revise la fecha."


def _nuevo(plan, renglon, base, zonas):
    codigo = renglon.codigo
    padre = base.get(codigo[:-2])
    territorio = Territorio(
        codigo=codigo,
        nivel=renglon.nivel,
        nombre=renglon.nombre,
        busqueda=sin_tildes(renglon.nombre),
        padre=padre,
        zona=_zona_de(renglon, padre, base, zonas),
        cabecera=codigo[4:] == "50",
        desde=plan.fecha,
    )
    # Los que vienen después ya lo encuentran: el cantón nuevo es padre de sus parroquias.
    base[codigo] = renglon.registro.validar(territorio, {"nombre": renglon.columna})
    return territorio


def _zona_de(renglon, padre, base, zonas):
    """La del cantón superior; la de un cantón, la de los demás de su provincia si es una sola."""
    if renglon.nivel == Nivel.PARROQUIA:
        return padre.zona
    escrita = renglon.registro.texto("zona", obligatorio=False).lower().removeprefix("zona").strip()
    if escrita:
        if not (escrita.isascii() and escrita.isdigit()) or int(escrita[:4]) not in zonas:
            raise renglon.registro.rechazo("zona", "no existe esa zona.")
        return zonas[int(escrita[:4])]
    hermanos = [t for t in base.values() if t.nivel == Nivel.CANTON and t.hasta is None]
    posibles = {t.zona_id for t in hermanos if t.codigo.startswith(renglon.codigo[:2])}
    if len(posibles) == 1:
        return zonas[posibles.pop()]
    if posibles:
        lista = " y ".join(str(numero) for numero in sorted(posibles))
        motivo = f"su provincia tiene cantones en las zonas {lista}"
    else:
        motivo = "no hay otros cantones de donde tomarla"
    raise renglon.rechazo(
        f"no se sabe la zona de {renglon.nombre}: {motivo}. Agregue la columna «zona»."
    )


def _suprimidos(archivo, plan, base, propios):
    suprimidos = []
    creados = {territorio.codigo for territorio in plan.creados}
    for nivel in Nivel:
        del_archivo = {c for c, renglon in propios.items() if renglon.nivel == nivel}
        con_cabeceras = any(c[4:] == "50" for c in del_archivo)
        vigentes = [
            t
            for t in base.values()
            if t.nivel == nivel
            and t.codigo not in creados
            and t.vigente_en(plan.fecha)
            and (con_cabeceras or not t.cabecera)
        ]
        ausentes = [t for t in vigentes if t.codigo not in del_archivo] if del_archivo else []
        _exigir_creible(archivo, nivel, ausentes, vigentes)
        suprimidos += ausentes
    for territorio in suprimidos:
        _exigir_suprimible(archivo, territorio, plan.fecha)
    _exigir_sin_huerfanos(archivo, suprimidos, base, plan.fecha)
    return sorted(suprimidos, key=lambda t: (len(t.codigo), t.codigo))


def _exigir_creible(archivo, nivel, ausentes, vigentes):
    if len(ausentes) > max(SUPRIMIDOS_CREIBLES, PARTE_CREIBLE * len(vigentes)):
        primeros = ", ".join(f"{t.codigo} {t}" for t in ausentes[:3])
        motivo = (
            f"le faltan {len(ausentes)} de {len(vigentes)} territorios de nivel "
            f"{Nivel(nivel).label.lower()} ({primeros}…): parece incompleto."
        )
        raise CargaRechazada(archivo.nombre, motivo)


def _exigir_suprimible(archivo, territorio, fecha):
    nombre = f"{territorio.codigo} {territorio}"
    if territorio.desde and territorio.desde >= fecha:
        raise CargaRechazada(archivo.nombre, f"no trae {nombre}, que se creó en esa misma fecha.")
    if territorio.hasta:
        hasta = date_format(territorio.hasta, "SHORT_DATE_FORMAT")
        motivo = f"no trae {nombre}, que consta vigente hasta el {hasta}: revise la fecha."
        raise CargaRechazada(archivo.nombre, motivo)


def _exigir_sin_huerfanos(archivo, suprimidos, base, fecha):
    """Si el archivo no trae un nivel, no puede suprimir el de encima con gente dentro."""
    codigos = {territorio.codigo for territorio in suprimidos}
    for territorio in base.values():
        queda = territorio.codigo not in codigos and territorio.vigente_en(fecha)
        if queda and territorio.padre_id in codigos:
            motivo = (
                f"no trae {territorio.padre_id}, pero {territorio.codigo} {territorio} está "
                "dentro y seguiría vigente."
            )
            raise CargaRechazada(archivo.nombre, motivo)


def _traslados(plan):
    """Pares con el mismo nombre: la parroquia que se volvió cantón o que cambió de cantón."""
    por_nombre = defaultdict(list)
    for territorio in plan.creados:
        if not territorio.cabecera:
            por_nombre[llano(territorio.nombre)].append(territorio)
    return [
        (viejo, nuevo)
        for viejo in plan.suprimidos
        for nuevo in por_nombre[llano(viejo.nombre)]
        if not viejo.cabecera
    ]


# --- Mostrar ------------------------------------------------------------------------------------


def _vista(archivo, plan):
    al = date_format(plan.fecha, "SHORT_DATE_FORMAT")
    resumen = [
        f"Archivo: {archivo.nombre}, vigente desde el {al}.",
        contar(
            ("Creados", len(plan.creados)),
            ("Suprimidos", len(plan.suprimidos)),
            ("Con otro nombre", len(plan.renombrados)),
            ("Sin cambio", plan.iguales),
        ),
    ]
    apartados = [
        Apartado("Se crean", [_nombrar(t) for t in plan.creados]),
        Apartado(
            f"Se suprimen el {al}: conservan su GAD y su historia",
            [_nombrar(t) for t in plan.suprimidos],
            aviso=True,
        ),
        Apartado(
            "Probable transformación o traslado, porque se llaman igual",
            [f"{_nombrar(viejo)} → {_nombrar(nuevo)}" for viejo, nuevo in plan.traslados],
            aviso=True,
        ),
        Apartado(
            "Cambian de nombre",
            [f"{t.codigo} {t.nombre} → {nombre}" for t, nombre in plan.renombrados],
            aviso=True,
        ),
        Apartado("No son GAD ni cabecera: se pasan por alto", plan.ajenos),
    ]
    resumen += sin_el_cero(plan.completados)
    cambia = bool(plan.creados or plan.suprimidos or plan.renombrados)
    if not cambia:
        resumen.append("La DPA ya estaba así: no hay nada que cambiar.")
    return VistaPrevia("Clasificador de la DPA", resumen, apartados, cambia)


def _nombrar(territorio):
    nivel = "cabecera cantonal" if territorio.cabecera else territorio.get_nivel_display().lower()
    return f"{territorio.codigo} {territorio.nombre} ({nivel}, zona {territorio.zona_id})"


# --- Escribir -----------------------------------------------------------------------------------


def _escribir(plan, motivo, por):
    for viejo, nuevo in plan.traslados:
        _anotar(viejo, f"Probablemente pasó a ser {nuevo.codigo}.")
        _anotar(nuevo, f"Probablemente era {viejo.codigo}.")
    for territorio in plan.suprimidos:
        territorio.hasta = plan.fecha
    con_historia = {"default_user": por, "default_change_reason": motivo}
    _crear(plan.creados, con_historia)
    if plan.suprimidos:
        bulk_update_with_history(plan.suprimidos, Territorio, ["hasta", "nota"], **con_historia)
    _renombrar(plan.renombrados, con_historia)


def _anotar(territorio, frase):
    territorio.nota = f"{territorio.nota} {frase}".strip()[:NOTA_MAXIMA]


def _crear(territorios, con_historia):
    # De arriba abajo, para que el superior exista cuando entra el que va dentro.
    for nivel in Nivel:
        del_nivel = [t for t in territorios if t.nivel == nivel]
        if del_nivel:
            bulk_create_with_history(del_nivel, Territorio, **con_historia)
    gads = [gad_de(territorio) for territorio in territorios if not territorio.cabecera]
    if gads:
        bulk_create_with_history(gads, Gad, **con_historia)


def _renombrar(renombrados, con_historia):
    """El GAD sigue al nombre nuevo solo si su nombre oficial era el que sale del territorio."""
    if not renombrados:
        return
    gads = Gad.objects.in_bulk([territorio.codigo for territorio, _ in renombrados])
    cambiados = []
    for territorio, nombre in renombrados:
        gad = gads.get(territorio.codigo)
        sigue = gad and gad.nombre_oficial == gad_de(territorio).nombre_oficial
        territorio.nombre, territorio.busqueda = nombre, sin_tildes(nombre)
        if sigue:
            gad.nombre_oficial = gad_de(territorio).nombre_oficial
            cambiados.append(gad)
    territorios = [territorio for territorio, _ in renombrados]
    bulk_update_with_history(territorios, Territorio, ["nombre", "busqueda"], **con_historia)
    if cambiados:
        bulk_update_with_history(cambiados, Gad, ["nombre_oficial"], **con_historia)
