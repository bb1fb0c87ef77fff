"""Las fichas de todos los GAD de una zona o del país, en un solo ZIP."""

from django.urls import reverse
from django.utils.http import urlencode

from territorios import trabajos
from territorios.emision import emitir
from territorios.models import Gad, Zona

from .documentos_ficha import nombre_de_archivo, pliego_de_ficha
from .ficha import familia_de

CLASE = "fichas"
NIVELES = [
    ("provinciales", "Provinciales"),
    ("municipales", "Municipales"),
    ("parroquiales", "Parroquiales rurales"),
]


def zonas_de(usuario):
    """De qué zonas puede pedir fichas: la central, de todas; la zona, de la suya."""
    zonas = Zona.objects.order_by("numero")
    return zonas if usuario.ve_el_pais else zonas.filter(pk=usuario.zona_id)


def gads_de(usuario, zona=None, nivel=""):
    """Los vigentes de la zona (None: del país) y del nivel («» todos), por zona y código."""
    gads = Gad.objects.visibles_para(usuario).vigentes().para_lista()
    if zona:
        gads = gads.filter(territorio__zona=zona)
    if nivel:
        gads = gads.filter(nivel__in=Gad.NIVELES_DE[nivel])
    return gads.order_by("territorio__zona", "pk")


def pedir_fichas(zona, nivel, *, por, sitio):
    """(trabajo, si es nuevo) con una ficha por GAD; `zona` None es el país."""
    gads = gads_de(por, zona, nivel)
    donde = f"zona-{zona.pk}" if zona else "pais"
    return trabajos.pedir(
        CLASE,
        clave=f"{CLASE}:{donde}:{nivel}",
        titulo=titulo_de(zona, nivel),
        parametros={"zona": zona.pk if zona else None, "nivel": nivel},
        piezas=[(gad.pk, f"zona-{gad.zona.pk}/{nombre_de_archivo(gad)}") for gad in gads],
        por=por,
        sitio=sitio,
    )


def titulo_de(zona, nivel):
    """«Fichas de los GAD parroquiales rurales de la Zona 4»."""
    cuales = f" {dict(NIVELES)[nivel].lower()}" if nivel else ""
    return f"Fichas de los GAD{cuales} {f'de la {zona}' if zona else 'de todo el país'}"


def hacer_ficha(trabajo, codigo, por, avanzar=None):
    familia = familia_de(codigo, por)
    return emitir(pliego_de_ficha(familia, por), por=por, sitio=trabajo.sitio).documento


def donde_se_piden(trabajo):
    """El formulario, con lo mismo ya elegido."""
    cual = trabajo.parametros
    elegido = {"zona": cual.get("zona") or "pais", "nivel": cual.get("nivel", "")}
    return f"{reverse('pdot:pedir_fichas')}?{urlencode(elegido)}"


trabajos.registrar(trabajos.Clase(CLASE, "Fichas de los GAD", hacer_ficha, donde=donde_se_piden))
