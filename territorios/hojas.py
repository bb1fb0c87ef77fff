"""Las hojas de las listas del territorio; y las columnas que dicen de qué GAD es una fila."""

from .hojas_de_calculo import (
    CODIGO,
    DPA,
    NUMERO,
    Columna,
    HojaDeObjetos,
    de_fila,
    fecha,
    numero,
    si_o_no,
)
from .models import EspacioCoordinacion, Gad

CIFRAS = "2, 4 o 6 cifras"


def columnas_del_gad(camino=""):
    """Código, nombre, nivel, zona, provincia y cantón del GAD que está al final de `camino`."""
    gad = f"{camino}__" if camino else ""
    lugar = f"{gad}territorio__"
    de_la_dpa = {"fuente": DPA}
    return (
        Columna("código del GAD", f"{lugar}codigo", "Código del GAD", CODIGO, CIFRAS, DPA),
        Columna("GAD", f"{lugar}nombre", "Nombre del territorio del GAD", **de_la_dpa),
        Columna("nivel", f"{gad}get_nivel_display", "Nivel del GAD", **de_la_dpa),
        Columna("zona", f"{lugar}zona_id", "Zona de planificación", NUMERO, "1 a 9", DPA),
        Columna("provincia", f"{lugar}provincia__nombre", "Provincia", **de_la_dpa),
        Columna("cantón", f"{lugar}canton__nombre", "Cantón; vacío en provincias", **de_la_dpa),
    )


GADS = HojaDeObjetos(
    "gad",
    "GAD",
    "Una fila por GAD vigente a la fecha que se mira.",
    (
        Columna("código", "pk", "Código del GAD", CODIGO, CIFRAS),
        Columna("nombre", "territorio__nombre", "Nombre del territorio"),
        Columna("nivel", "get_nivel_display", "Nivel", valores=" / ".join(Gad.Nivel.labels)),
        Columna("nombre oficial", "nombre_oficial", "Cómo se llama el GAD"),
        Columna("zona", "territorio__zona_id", "Zona de planificación", NUMERO, "1 a 9"),
        Columna("provincia", "territorio__provincia__nombre", "Provincia"),
        Columna("cantón", "territorio__canton__nombre", "Cantón; vacío en las provincias"),
        fecha("vigente desde", "territorio__desde", "Desde cuándo; vacío: desde siempre"),
        fecha("vigente hasta", "territorio__hasta", "Hasta cuándo; vacío: sigue"),
    ),
    lugar=lambda gad: gad.pk,
    fuente=DPA,
)


def _miembros(espacio):
    return "; ".join(
        uno.gad.nombre_con_lugar if uno.gad_id else str(uno.entidad)
        for uno in espacio.miembros.all()
    )


ESPACIOS = HojaDeObjetos(
    "espacios-de-coordinacion",
    "Espacios de coordinación",
    "Una fila por espacio vigente, con sus miembros de hoy.",
    (
        Columna("espacio", "nombre", "Nombre"),
        Columna(
            "tipo",
            "get_tipo_display",
            "Qué espacio es",
            valores=" / ".join(EspacioCoordinacion.Tipo.labels),
        ),
        Columna("zona", "zona_id", "Zona; vacía si es de varias", NUMERO, "1 a 9"),
        fecha("desde", "desde", "Desde cuándo"),
        de_fila("miembros", "GAD y entidades, separados por punto y coma", _miembros),
    ),
)

# Datos personales: solo los descarga quien abre la lista.
CONTACTOS = HojaDeObjetos(
    "contactos",
    "Contactos",
    "Una fila por contacto vigente. Son datos personales: solo para convocar y coordinar.",
    (
        *columnas_del_gad("gad"),
        Columna("nombre", "nombre", "Persona"),
        Columna("cargo", "cargo", "Cargo"),
        Columna("correo", "correo", "Correo institucional"),
        Columna("teléfono", "telefono", "Teléfono institucional"),
    ),
)


def _recuento(nombre, atributo, que):
    return de_fila(nombre, que, lambda par: getattr(par[1], atributo), tipo=NUMERO, valores="0…")


ZONAS = HojaDeObjetos(
    "zonas",
    "Zonas",
    "Una fila por zona de planificación, con cuántos GAD tiene a la fecha que se mira.",
    (
        de_fila("zona", "Número", lambda par: par[0].numero, tipo=NUMERO, valores="1 a 9"),
        de_fila("nombre", "Nombre", lambda par: par[0].nombre),
        de_fila("sede", "Ciudad sede", lambda par: par[0].sede),
        _recuento("provinciales", "provinciales", "GAD provinciales"),
        _recuento("municipales", "municipales", "GAD municipales y metropolitano"),
        _recuento("parroquiales", "parroquiales", "GAD parroquiales rurales"),
        _recuento("GAD", "total", "Todos los GAD"),
    ),
    fuente=DPA,
)


# Cada fila: (zona, provincia, cantón), como en la página de la zona.
CANTONES = HojaDeObjetos(
    "cantones",
    "Cantones",
    "Una fila por cantón de la zona, con sus parroquias rurales a la fecha que se mira.",
    (
        de_fila("zona", "Número", lambda fila: fila[0].numero, tipo=NUMERO, valores="1 a 9"),
        de_fila("código", "Código", lambda fila: fila[2].codigo, tipo=CODIGO, valores="4 cifras"),
        de_fila("cantón", "Nombre", lambda fila: fila[2].nombre),
        de_fila("provincia", "Provincia", lambda fila: fila[1].nombre),
        de_fila("cabecera", "Cabecera cantonal", lambda fila: fila[2].cabecera),
        de_fila(
            "parroquias rurales",
            "Cuántas tiene",
            lambda fila: fila[2].recuento.parroquiales,
            tipo=NUMERO,
            valores="0…",
        ),
    ),
    lugar=lambda fila: fila[2].codigo,
    fuente=DPA,
)


def hoja_de_documentos(ve_quien):
    """La de los documentos emitidos; con quién los pidió, solo para quien ve la bitácora."""
    quien = Columna("emitido por", "emitido_por", "Quién lo pidió; vacío: una orden del servidor")
    return HojaDeObjetos(
        "documentos-emitidos",
        "Documentos emitidos",
        "Una fila por documento que salió, el último primero.",
        (
            Columna("número", "numero_legible", "Vacío en hojas de trabajo y lo que ya trae uno"),
            Columna("código", "codigo_legible", "Con él se comprueba, sin cuenta"),
            Columna("clase", "clase", "Qué documento es"),
            Columna("título", "titulo", "De qué trata"),
            Columna("oficina", "nombre_de_su_oficina", "Quién lo emitió"),
            fecha("emitido", "emitido", "Cuándo salió"),
            si_o_no("se guarda", "conserva", "Si se guarda el archivo; no, si nombra personas"),
            numero("bytes", "tamano", "Tamaño del archivo"),
            Columna("SHA-256", "sha256", "Suma del archivo", CODIGO, "64 cifras hexadecimales"),
            *([quien] if ve_quien else []),
        ),
    )
