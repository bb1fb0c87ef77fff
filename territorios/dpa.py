"""De los archivos de la DPA a objetos sin guardar, comprobando códigos, fechas y coordenadas.

Todas las funciones que leen un archivo lanzan CargaRechazada.
"""

from datetime import date

from .lectura import leer_csv, sin_repetidos
from .models import Gad, OtroTerritorio, Territorio, Vecindad, Zona

GALAPAGOS, QUITO = "20", "1701"
# Fecha de corte de `fixtures/dpa` (su LEEME.md): lo anterior no consta, y no se responde por ello.
CORTE_DPA = date(2019, 4, 1)
COLUMNAS_VIGENCIA = {"desde": "vigente_desde", "hasta": "vigente_hasta"}


def leer_zonas(carpeta):
    filas = leer_csv(carpeta, "zonas.csv", ("zona", "nombre", "sede", "nota"))
    return {
        fila.entero("zona"): fila.validar(
            Zona(
                numero=fila.entero("zona"),
                nombre=fila.texto("nombre"),
                sede=fila.texto("sede"),
                nota=fila.texto("nota", obligatorio=False),
            ),
            {"numero": "zona"},
        )
        for fila in sin_repetidos(filas, "zona")
    }


def leer_territorios(carpeta, zonas):
    """Territorio por código, cada uno después del que lo contiene."""
    numeros = {str(numero): zona for numero, zona in zonas.items()}
    provincias = _leer_provincias(carpeta, numeros)
    cantones = _leer_cantones(carpeta, provincias, numeros)
    return provincias | cantones | _leer_parroquias(carpeta, cantones)


def _leer_provincias(carpeta, zonas):
    filas = leer_csv(carpeta, "provincias.csv", ("codigo", "nombre", "capital", "zona", "region"))
    provincias = {}
    for fila in sin_repetidos(filas, "codigo"):
        codigo = fila.texto("codigo", patron=r"\d{2}")
        provincias[codigo] = fila.validar(
            Territorio(
                codigo=codigo,
                nivel=Territorio.Nivel.PROVINCIA,
                nombre=fila.texto("nombre"),
                zona=fila.uno_de("zona", zonas, "la zona"),
                capital=fila.texto("capital"),
                region=fila.texto("region"),
            )
        )
    return provincias


def _leer_cantones(carpeta, provincias, zonas):
    columnas = ("codigo", "nombre", "provincia", "zona", "cabecera", "lon", "lat", "nota")
    filas = leer_csv(carpeta, "cantones.csv", columnas + tuple(COLUMNAS_VIGENCIA.values()))
    cantones = {}
    for fila in sin_repetidos(filas, "codigo"):
        padre = fila.uno_de("provincia", provincias, "la provincia")
        codigo = _codigo_dentro_de(fila, padre)
        cantones[codigo] = fila.validar(
            Territorio(
                codigo=codigo,
                nivel=Territorio.Nivel.CANTON,
                nombre=fila.texto("nombre"),
                padre=padre,
                zona=fila.uno_de("zona", zonas, "la zona"),
                capital=fila.texto("cabecera"),
                **_lugar_y_vigencia(fila),
            ),
            COLUMNAS_VIGENCIA,
        )
    return cantones


def _leer_parroquias(carpeta, cantones):
    columnas = ("codigo", "nombre", "canton", "tipo", "lon", "lat", "nota")
    filas = leer_csv(carpeta, "parroquias.csv", columnas + tuple(COLUMNAS_VIGENCIA.values()))
    parroquias = {}
    for fila in sin_repetidos(filas, "codigo"):
        padre = fila.uno_de("canton", cantones, "el cantón")
        codigo = _codigo_dentro_de(fila, padre)
        parroquias[codigo] = fila.validar(
            Territorio(
                codigo=codigo,
                nivel=Territorio.Nivel.PARROQUIA,
                nombre=fila.texto("nombre"),
                padre=padre,
                zona=padre.zona,
                cabecera=_es_cabecera(fila, codigo),
                **_lugar_y_vigencia(fila),
            ),
            COLUMNAS_VIGENCIA,
        )
    return parroquias


def _codigo_dentro_de(fila, padre):
    """El código de la fila: el de su territorio superior y dos cifras más."""
    codigo = fila.texto("codigo")
    if codigo[:-2] != padre.codigo or not (codigo.isascii() and codigo.isdigit()):
        raise fila.rechazo("codigo", f"debe ser {padre.codigo} y dos cifras más.")
    return codigo


def _es_cabecera(fila, codigo):
    cabecera = fila.uno_de("tipo", {"cabecera": True, "rural": False}, "el tipo de parroquia")
    if cabecera != (codigo[4:] == "50") or codigo[4:] < "50":
        raise fila.rechazo("tipo", "la cabecera termina en 50 y la rural en 51 o más.")
    return cabecera


def _lugar_y_vigencia(fila):
    desde, hasta = fila.fechas("vigente_desde", "vigente_hasta")
    nota = fila.texto("nota", obligatorio=False)
    return {**_lugar(fila), "desde": desde, "hasta": hasta, "nota": nota}


def _lugar(fila):
    """Longitud y latitud dentro del Ecuador, con Galápagos; None donde no hay polígono."""
    return {
        "lon": fila.decimal("lon", minimo=-92, maximo=-75, obligatorio=False),
        "lat": fila.decimal("lat", minimo=-6, maximo=2, obligatorio=False),
    }


def leer_otros_territorios(carpeta, territorios):
    archivo = "otros_territorios.csv"
    filas = leer_csv(carpeta, archivo, ("codigo", "nombre", "tipo", "lon", "lat", "nota"))
    otros = []
    for fila in sin_repetidos(filas, "codigo"):
        codigo = fila.texto("codigo", patron=r"\d{4}|\d{6}")
        if codigo in territorios:
            raise fila.rechazo("codigo", "ya es de una provincia, un cantón o una parroquia.")
        otro = OtroTerritorio(
            codigo=codigo,
            nombre=fila.texto("nombre"),
            tipo=fila.texto("tipo"),
            nota=fila.texto("nota", obligatorio=False),
            **_lugar(fila),
        )
        otros.append(fila.validar(otro))
    return otros


def leer_vecindades(carpeta, territorios):
    vecindades = []
    for nivel in ("provincias", "cantones", "parroquias"):
        filas = leer_csv(carpeta, f"vecinos_{nivel}.csv", ("a", "b", "km"))
        for fila in sin_repetidos(filas, "a", "b"):
            a = fila.uno_de("a", territorios, "el territorio")
            b = fila.uno_de("b", territorios, "el territorio")
            if a.nivel != b.nivel or a.codigo >= b.codigo:
                raise fila.rechazo("b", "debe ser del mismo nivel que «a» y de código mayor.")
            km = fila.decimal("km", minimo=0, maximo=9999)
            vecindades.append(fila.validar(Vecindad(a=a, b=b, km=km)))
    return vecindades


# --- GAD ------------------------------------------------------------------------------------


def gad_de(territorio):
    """El GAD de un territorio que no es cabecera cantonal, con su nivel y nombre oficial."""
    nivel = _nivel_de_gad(territorio)
    return Gad(
        territorio=territorio, nivel=nivel, nombre_oficial=_nombre_oficial(territorio, nivel)
    )


def _nivel_de_gad(territorio):
    if territorio.codigo == GALAPAGOS:
        return Gad.Nivel.REGIMEN_ESPECIAL
    if territorio.codigo == QUITO:
        return Gad.Nivel.METROPOLITANO
    return {
        Territorio.Nivel.PROVINCIA: Gad.Nivel.PROVINCIAL,
        Territorio.Nivel.CANTON: Gad.Nivel.MUNICIPAL,
        Territorio.Nivel.PARROQUIA: Gad.Nivel.PARROQUIAL,
    }[territorio.nivel]


def _nombre_oficial(territorio, nivel):
    gad, nombre = "Gobierno Autónomo Descentralizado", territorio.nombre
    return {
        Gad.Nivel.PROVINCIAL: f"{gad} Provincial de {nombre}",
        Gad.Nivel.REGIMEN_ESPECIAL: f"Consejo de Gobierno del Régimen Especial de {nombre}",
        Gad.Nivel.MUNICIPAL: f"{gad} Municipal del Cantón {nombre}",
        Gad.Nivel.METROPOLITANO: f"{gad} del Distrito Metropolitano de {nombre}",
        Gad.Nivel.PARROQUIAL: f"{gad} Parroquial Rural de {nombre}",
    }[nivel]
