"""La primera visita de quien planifica cabe en 60 kB y ocho peticiones, sin orígenes ajenos."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.urls import reverse

from tests.conftest import entrar

LIMITE = 60_000


def recursos(texto):
    """Direcciones que el navegador pide solo, del HTML o de una hoja de estilos."""
    directas = re.findall(r'<(?:link|script|img)\b[^>]*?(?:href|src)="([^"]+)"', texto)
    return directas + re.findall(r'url\("([^"]+)"\)', texto)


def archivo_de(direccion):
    ruta = direccion.split("static/")[-1].removeprefix("../")
    return Path(finders.find(ruta))


def test_la_primera_visita_cabe_en_una_red_lenta(client, plan_rioverde, evaluaciones):
    entrar(client, plan_rioverde)
    pagina = client.get(reverse("pdot:seccion", args=[evaluaciones["0807"].pk, "interna"]))
    direcciones = recursos(pagina.text)
    hoja = archivo_de("static/css/plataforma.css").read_text()
    archivos = {archivo_de(una) for una in direcciones + recursos(hoja)}
    contenidos = [pagina.content, *(archivo.read_bytes() for archivo in archivos)]
    peso = sum(len(gzip.compress(contenido)) for contenido in contenidos)
    assert [una for una in direcciones if "//" in una] == []
    assert (len(contenidos), len(contenidos) <= 8, peso <= LIMITE) == (7, True, True)


def test_lo_que_guarda_sin_red_llega_despues_y_pesa_poco(client, plan_rioverde, evaluaciones):
    entrar(client, plan_rioverde)
    pagina = client.get(reverse("pdot:seccion", args=[evaluaciones["0807"].pk, "interna"])).text
    guiones = re.search(r'data-guiones="([^"]+)"', pagina)[1].split()
    peso = sum(len(gzip.compress(archivo_de(uno).read_bytes())) for uno in guiones)
    assert (len(guiones), peso <= 12_000) == (2, True)
