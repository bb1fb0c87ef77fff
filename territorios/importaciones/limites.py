"""Importar límites oficiales: cotejar un GeoJSON con la DPA, mostrar qué cambia y ponerlo en uso.

Cada importación es una capa nueva, con su fuente y su fecha; la anterior queda guardada y se puede
volver a usar. Los mapas leen siempre la capa en uso, así que cambian en el acto.
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.formats import date_format
from simple_history.utils import bulk_create_with_history

from ..lectura import CargaRechazada
from ..models import CapaLimites, Contorno, OtroTerritorio, Territorio
from .codigos import Codigos, leer_codigos
from .previa import (
    Apartado,
    VistaPrevia,
    esperar_turno,
    exigir_aprobada,
    rechazo_de,
    sin_el_cero,
)
from .vecindad import comparar, nombrar_pares

Nivel = Territorio.Nivel
PLURAL = {Nivel.PROVINCIA: "provincias", Nivel.CANTON: "cantones", Nivel.PARROQUIA: "parroquias"}
MOTIVO = "Importación de límites"
CAMPOS_DE_TRAZO = ("trazo", "izquierda", "arriba", "derecha", "abajo")


@dataclass
class Limites:
    """Lo que trae un archivo, ya comprobado y dibujado; sin mirar todavía qué falta."""

    codigos: Codigos
    trazos: dict = field(default_factory=dict)
    vecinos: list = field(default_factory=list)
    tolerancia: float = 0
    peso: int = 0


@dataclass
class Cotejo:
    """Los códigos del archivo frente a los territorios de la base, por código."""

    propios: dict
    faltan: dict
    posteriores: dict
    suprimidos: dict
    heredados: dict


def importar_limites(archivo, *, nivel, fuente, fecha, por=None, aprobada=None, solo_revisar=False):
    """Importa los límites de un nivel y los pone en uso. Devuelve la VistaPrevia de lo hecho.

    Lanza CargaRechazada, y VistaCambiada si `aprobada` no es la huella de esa vista. El mismo
    archivo por segunda vez no cambia nada.
    """
    if repetida := CapaLimites.objects.filter(nivel=nivel, huella=archivo.huella).first():
        return _ya_esta(archivo, repetida)
    # Lo largo, antes de abrir la transacción: mientras tanto los demás siguen escribiendo.
    limites = leer_limites(archivo, nivel)
    with transaction.atomic():
        esperar_turno()
        if repetida := CapaLimites.objects.filter(nivel=nivel, huella=archivo.huella).first():
            return _ya_esta(archivo, repetida)
        cotejo = _cotejar(limites, nivel, fecha)
        vista = _vista(archivo, limites, cotejo, nivel, fuente, fecha)
        exigir_aprobada(vista, aprobada)
        if not solo_revisar:
            capa = _capa(archivo, limites, cotejo, nivel, fuente, fecha)
            _guardar(archivo, capa, limites, cotejo, por)
    return vista


@transaction.atomic
def usar_capa(capa, *, por=None):
    """Pone en uso una capa ya guardada, y quita del uso la que lo estaba. Con historia."""
    esperar_turno()
    _dejar_de_usar(capa.nivel, por)
    capa.refresh_from_db()
    capa.en_uso = True
    capa._change_reason, capa._history_user = "Se volvió a poner en uso", por
    capa.save()


def leer_limites(archivo, nivel):
    """Limites de un archivo. Lanza CargaRechazada."""
    # shapely y numpy solo hacen falta aquí: así no pesan en el resto de la web.
    from .geojson import leer_entidades
    from .trazado import pares_vecinos, trazar

    entidades = leer_entidades(archivo)
    codigos = leer_codigos(archivo, entidades, nivel)
    geometrias = {codigo: e.geometria for codigo, e in codigos.entidades.items()}
    try:
        trazos, tolerancia, peso = trazar(geometrias, nivel)
    except ValueError as error:
        codigo = str(error)
        numero = codigos.entidades[codigo].numero if codigo in codigos.entidades else "?"
        motivo = "es tan pequeña que no se puede dibujar."
        raise rechazo_de(archivo, numero, motivo, valor=codigo) from error
    return Limites(codigos, trazos, pares_vecinos(geometrias), tolerancia, peso)


# --- Cotejar ------------------------------------------------------------------------------------


def _cotejar(limites, nivel, fecha):
    del_nivel = Territorio.objects.filter(nivel=nivel).in_bulk()
    traidos = limites.codigos.entidades
    propios, suprimidos, posteriores = {}, {}, {}
    for codigo in sorted(set(traidos) & set(del_nivel)):
        territorio = del_nivel[codigo]
        if territorio.hasta and territorio.hasta <= fecha:
            suprimidos[codigo] = territorio
        else:
            propios[codigo] = territorio
    for codigo, territorio in propios.items():
        if territorio.desde and territorio.desde > fecha:
            posteriores[codigo] = territorio
    faltan = {
        codigo: territorio
        for codigo, territorio in del_nivel.items()
        if codigo not in traidos and (territorio.hasta is None or territorio.hasta > fecha)
    }
    anteriores = (
        Contorno.objects.en_uso(nivel).filter(territorio__in=faltan).select_related("territorio")
    )
    heredados = {contorno.territorio_id: contorno for contorno in anteriores}
    return Cotejo(propios, faltan, posteriores, suprimidos, heredados)


def _ya_esta(archivo, capa):
    lineas = [f"«{archivo.nombre}» ya está importado como «{capa}»: no se cambió nada."]
    if not capa.en_uso:
        lineas.append("Esa capa no está en uso; en la administración se puede poner en uso.")
    return VistaPrevia("Límites ya importados", lineas, cambia=False)


def _vista(archivo, limites, cotejo, nivel, fuente, fecha):
    plural, codigos = PLURAL[nivel], limites.codigos
    if not cotejo.propios:
        raise CargaRechazada(archivo.nombre, f"ninguna entidad es de {plural} vigentes.")
    al = date_format(fecha, "SHORT_DATE_FORMAT")
    faltan_al = [t for t in cotejo.faltan.values() if t.vigente_en(fecha)]
    vigentes = len(cotejo.propios) - len(cotejo.posteriores)
    cambios = comparar(limites.vecinos, set(cotejo.propios), nivel)
    resumen = [
        f"Archivo: {archivo.nombre}, códigos en la propiedad «{codigos.propiedad}». "
        f"Fuente: {fuente}, {al}.",
        f"Con polígono: {vigentes} de {vigentes + len(faltan_al)} {plural} vigentes al {al}.",
        f"Los trazos se simplificaron con una tolerancia de {_decimal(limites.tolerancia)}° "
        f"y pesan {_decimal(round(limites.peso / 1000, 1))} kB.",
        f"Vecindad, que al importar no cambia. {cambios}",
    ]
    resumen += sin_el_cero(codigos.completados)
    apartados = [
        Apartado(
            "Sin polígono en el archivo: conservan el trazo de la capa anterior",
            [_nombrar(t, fecha) for c, t in cotejo.faltan.items() if c in cotejo.heredados],
            aviso=True,
        ),
        Apartado(
            "Sin polígono en el archivo ni trazo anterior: no saldrán en el mapa",
            [_nombrar(t, fecha) for c, t in cotejo.faltan.items() if c not in cotejo.heredados],
            aviso=True,
        ),
        Apartado(
            "Códigos que no están en la DPA: no se guardan",
            _desconocidos(codigos, cotejo),
            aviso=True,
        ),
        Apartado(
            f"Suprimidos antes del {al}: no se guardan",
            [_nombrar(t) for t in cotejo.suprimidos.values()],
            aviso=True,
        ),
        Apartado(
            f"Creados después del {al}: se guardan",
            [_nombrar(t) for t in cotejo.posteriores.values()],
        ),
        Apartado("Vecinos nuevos", nombrar_pares(cambios.nuevos)),
        Apartado("Vecinos que ya no se tocan", nombrar_pares(cambios.perdidos)),
        Apartado(
            "Polígonos corregidos porque se cruzaban consigo mismos",
            [c for c, entidad in codigos.entidades.items() if entidad.corregida],
        ),
    ]
    return VistaPrevia(f"Límites de {plural}", resumen, apartados)


def _decimal(numero):
    return str(numero).replace(".", ",")


def _nombrar(territorio, fecha=None):
    texto = f"{territorio.codigo} {territorio.nombre}"
    if fecha and territorio.desde and territorio.desde > fecha:
        desde = date_format(territorio.desde, "SHORT_DATE_FORMAT")
        return f"{texto} (existe desde el {desde}, después de la fecha de la fuente)"
    return texto


def _desconocidos(codigos, cotejo):
    sobran = set(codigos.entidades) - set(cotejo.propios) - set(cotejo.suprimidos)
    otros = dict(OtroTerritorio.objects.values_list("codigo", "nombre"))
    return [
        f"{codigo} {otros[codigo]} (no es un GAD)" if codigo in otros else codigo
        for codigo in sorted(sobran)
    ]


# --- Guardar ------------------------------------------------------------------------------------


def _capa(archivo, limites, cotejo, nivel, fuente, fecha):
    capa = CapaLimites(
        nombre=_nombre_de_capa(nivel, cotejo.heredados),
        fuente=fuente.strip(),
        fecha=fecha,
        nivel=nivel,
        en_uso=True,
        huella=archivo.huella,
        vecinos=[par for par in limites.vecinos if {*par[:2]} <= set(cotejo.propios)],
    )
    if not capa.fuente or len(capa.fuente) > 250 or "\x00" in capa.fuente:
        raise CargaRechazada(archivo.nombre, "la fuente debe tener entre 1 y 250 letras.")
    return capa


def _nombre_de_capa(nivel, heredados):
    """Lo que dice el pie de cada mapa: si algún trazo no es de la fuente, lo dice."""
    nombre = f"Límites de {PLURAL[nivel]}"
    if not heredados:
        return nombre
    (primero, *otros) = heredados.values()
    cuales = len(heredados) if otros else primero.territorio.nombre[:50]
    return f"{nombre} (salvo {cuales}, con el trazo de la capa anterior)"


def _guardar(archivo, capa, limites, cotejo, por):
    _dejar_de_usar(capa.nivel, por)
    motivo = f"{MOTIVO}: {archivo.nombre}"[:100]
    bulk_create_with_history([capa], CapaLimites, default_user=por, default_change_reason=motivo)
    nuevos = [Contorno(capa=capa, **_trazado(c, *limites.trazos[c])) for c in cotejo.propios]
    copiados = [
        Contorno(capa=capa, territorio_id=c, **{n: getattr(viejo, n) for n in CAMPOS_DE_TRAZO})
        for c, viejo in cotejo.heredados.items()
    ]
    Contorno.objects.bulk_create([*nuevos, *copiados])


def _trazado(codigo, trazo, caja):
    izquierda, arriba, derecha, abajo = caja
    return {
        "territorio_id": codigo,
        "trazo": trazo,
        "izquierda": izquierda,
        "arriba": arriba,
        "derecha": derecha,
        "abajo": abajo,
    }


def _dejar_de_usar(nivel, por):
    for otra in CapaLimites.objects.filter(nivel=nivel, en_uso=True):
        otra.en_uso = False
        otra._change_reason, otra._history_user = "La reemplaza otra capa", por
        otra.save()
