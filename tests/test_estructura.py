"""La casa tiene una sola dirección: territorios <- acompanamiento <- talleres <- pdot.

Cada prueba afirma cuánto examinó (cero es falla) y, donde es barato, un control negativo: el
mismo revisor, ante un ejemplo malo, lo denuncia.
"""

import ast
import io
import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.template.utils import get_app_template_dirs

RAIZ = Path(__file__).resolve().parent.parent
PLANTILLAS = RAIZ / "templates"
PISOS = ["territorios", "acompanamiento", "talleres", "pdot"]
CASA = [*PISOS, "config", "tests"]
# Carpetas de plantillas que no son de una app pero sirven a todas: miran como el primer piso.
DEL_PRIMER_PISO = {"account", "allauth", "mfa", "errores", "simple_history"}
# El armazón se ve desde cualquier página y por eso las enlaza todas.
ARMAZON = {"base.html", "_componentes/cabecera.html"}


def prohibidos_para(piso):
    """Lo que una app no puede nombrar: las de su derecha y config, que lo monta todo."""
    if piso in ("config", "tests", "manage"):
        return set()
    return {*PISOS[PISOS.index(piso) + 1 :], "config"}


def modulos(*carpetas):
    for carpeta in carpetas:
        yield from sorted((RAIZ / carpeta).rglob("*.py"))


def relativa(archivo):
    return archivo.relative_to(RAIZ).as_posix()


# --- Python -------------------------------------------------------------------------------------


def paquetes_importados(arbol, modulo):
    """(línea, paquete) de todo import, también dentro de funciones; `modulo`: su ruta en partes."""
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Import):
            for nombre in nodo.names:
                yield nodo.lineno, nombre.name.split(".")[0]
        elif isinstance(nodo, ast.ImportFrom) and nodo.level:
            resto = [*modulo[: -nodo.level], *(nodo.module or "").split("."), nodo.names[0].name]
            yield nodo.lineno, next(parte for parte in resto if parte)
        elif isinstance(nodo, ast.ImportFrom):
            yield nodo.lineno, nodo.module.split(".")[0]


# «pdot.Evaluacion», «pdot:seccion», «pdot/lista.html», «pdot.acciones»: nombrar es depender.
NOMBRA = re.compile(rf"({'|'.join([*PISOS, 'config'])})[.:/][\w./:-]+")


def cosas_nombradas(arbol):
    """(línea, paquete) de todo texto que nombra un modelo, ruta, plantilla o módulo de la casa."""
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Constant) and isinstance(nodo.value, str):
            hallado = NOMBRA.fullmatch(nodo.value)
            if hallado:
                yield nodo.lineno, hallado[1]


def hacia_la_derecha(codigo, ruta, buscar):
    """Fallas «archivo:línea» de un módulo y cuántas referencias se miraron."""
    partes = ruta.removesuffix(".py").split("/")
    malas = prohibidos_para(partes[0])
    arbol = ast.parse(codigo)
    hallados = list(buscar(arbol, partes) if buscar is paquetes_importados else buscar(arbol))
    fallas = [f"{ruta}:{linea} nombra a {otro}" for linea, otro in hallados if otro in malas]
    return fallas, sum(otro in CASA for _, otro in hallados)


@pytest.mark.parametrize("buscar", [paquetes_importados, cosas_nombradas])
def test_cada_app_mira_solo_a_su_izquierda(buscar):
    fallas, vistas, archivos = [], 0, 0
    for archivo in modulos(*PISOS):
        unas, cuantas = hacia_la_derecha(archivo.read_text(), relativa(archivo), buscar)
        fallas += unas
        vistas += cuantas
        archivos += 1
    assert not fallas, "\n".join(fallas)
    assert archivos > 40
    assert vistas > 40


@pytest.mark.parametrize(
    ("ruta", "codigo", "buscar"),
    [
        ("territorios/x.py", "import pdot.models", paquetes_importados),
        ("territorios/x.py", "from config import paginas", paquetes_importados),
        ("talleres/views/x.py", "def f():\n    from pdot.models import Pdot", paquetes_importados),
        (
            "acompanamiento/views/x.py",
            "from ...talleres.models import Encuentro",
            paquetes_importados,
        ),
        ("territorios/models/x.py", "models.ForeignKey('pdot.Pdot')", cosas_nombradas),
        ("talleres/views.py", "redirect('pdot:evaluacion', pk)", cosas_nombradas),
        ("acompanamiento/views.py", "render(r, 'talleres/lista.html')", cosas_nombradas),
        ("territorios/x.py", "import_module('acompanamiento.acciones')", cosas_nombradas),
    ],
)
def test_control_una_referencia_a_la_derecha_se_denuncia(ruta, codigo, buscar):
    fallas, _ = hacia_la_derecha(codigo, ruta, buscar)
    assert len(fallas) == 1


@pytest.mark.parametrize(
    ("ruta", "codigo"),
    [
        ("pdot/x.py", "from territorios.models import Gad\nfrom talleres import models"),
        ("pdot/views/x.py", "from ..models import Pdot\nfrom . import otro"),
        ("config/x.py", "from pdot.views.inicio import inicio"),
    ],
)
def test_control_hacia_la_izquierda_se_permite(ruta, codigo):
    assert hacia_la_derecha(codigo, ruta, paquetes_importados)[0] == []


def modelos_de_la_casa():
    """Los modelos propios, sin los del historial ni las tablas intermedias automáticas."""
    return [
        modelo
        for modelo in apps.get_models()
        if modelo._meta.app_label in PISOS and not modelo.__name__.startswith("Historical")
    ]


def relaciones_prohibidas(modelos):
    fallas, vistas = [], 0
    for modelo in modelos:
        malas = prohibidos_para(modelo._meta.app_label)
        for campo in [*modelo._meta.fields, *modelo._meta.many_to_many]:
            if campo.remote_field:
                vistas += 1
                if campo.related_model._meta.app_label in malas:
                    fallas.append(f"{modelo._meta.label}.{campo.name}")
    return fallas, vistas


def test_las_relaciones_van_a_la_izquierda():
    fallas, vistas = relaciones_prohibidas(modelos_de_la_casa())
    assert not fallas, fallas
    assert vistas > 40


def test_no_hay_migraciones_pendientes(db):
    salida = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=salida)
    except SystemExit:
        pytest.fail(salida.getvalue())


SIN_HISTORIA = {
    "SerieDeDocumentos": "solo lleva la cuenta de los documentos, que sí tienen historial",
    "SerieDeOficios": "solo lleva la cuenta de los oficios, que sí tienen historial",
    "ResumenDeChoques": "se cuenta de nuevo del cronograma, que sí tiene historial",
    "CifrasDeAvance": "se cuenta de nuevo de la cobertura, cuyas filas sí tienen historial",
    "CorteDeAvance": "es él mismo una historia: qué se había alcanzado cada día",
    "CifrasDeGad": "se cuenta de nuevo de las evaluaciones, que sí tienen historial",
    "Contorno": "se calcula entero de la DPA y de la capa, que sí tiene historial",
    "Mensaje": "es constancia de un envío: la escribe la máquina y no se edita",
    "Adjunto": "va con su mensaje y se borra con su texto: nada de eso debe quedar en un historial",
    "Aviso": "lo escribe la máquina y se vacía al pasar la retención (el de talleres sí lo tiene)",
    "PiezaDeTrabajo": "dice cómo va un trabajo, que sí tiene historial, y lo escribe la máquina",
    "Paso": "es en sí la bitácora del flujo: no se edita ni se borra",
}
SIN_ADMIN = {
    "Adjunto": "puede ser un oficio a nombre de una persona: no se lee, se manda",
    "Aviso": "es de quien lo recibe y de nadie más (el de talleres sí lo tiene)",
}


def test_todo_modelo_tiene_historial_y_admin():
    modelos = modelos_de_la_casa()
    assert len(modelos) > 25
    sin_historia = {m.__name__ for m in modelos if not hasattr(m, "historia")}
    assert sin_historia == set(SIN_HISTORIA)
    sin_admin = {m.__name__ for m in modelos if m not in admin.site._registry}
    assert sin_admin == set(SIN_ADMIN)


def identificadores_con_tildes(codigo):
    nombres = set()
    for nodo in ast.walk(ast.parse(codigo)):
        nombres |= {getattr(nodo, campo, None) for campo in ("id", "name", "arg", "attr")}
    return {nombre for nombre in nombres if isinstance(nombre, str) and not nombre.isascii()}


def test_los_identificadores_van_sin_tildes():
    archivos = list(modulos(*CASA))
    fallas = {relativa(a): identificadores_con_tildes(a.read_text()) for a in archivos}
    assert not {ruta: nombres for ruta, nombres in fallas.items() if nombres}
    assert len(archivos) > 60
    assert identificadores_con_tildes("año = 1\ndef evaluación(): pass") == {"año", "evaluación"}


CAJONES = {"utils", "util", "utiles", "comun", "common", "helpers", "misc", "varios"}


def test_ningun_archivo_se_traga_la_casa():
    archivos = [
        *(a for a in modulos(*CASA) if "migrations" not in a.parts),
        *(a for a in PLANTILLAS.rglob("*") if a.is_file()),
        *(a for a in (RAIZ / "static").rglob("*") if a.suffix in (".css", ".js")),
        RAIZ / "tareas",
    ]
    largos = {relativa(a): n for a in archivos if (n := a.read_text().count("\n")) > 500}
    cajones = [relativa(a) for a in archivos if CAJONES & {a.stem, a.parent.name}]
    assert not largos
    assert not cajones
    assert len(archivos) > 80


# --- Plantillas ---------------------------------------------------------------------------------

COMENTARIO = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", re.S)
RUTA = re.compile(r"""{%\s*url\s+['"](\w+):""")
OTRA = re.compile(r"""{%\s*(?:include|extends)\s+['"]([^'"]+)['"]""")


def plantillas():
    """Ruta relativa → texto sin comentarios, de toda plantilla del proyecto."""
    return {
        archivo.relative_to(PLANTILLAS).as_posix(): COMENTARIO.sub("", archivo.read_text())
        for archivo in sorted(PLANTILLAS.rglob("*"))
        if archivo.is_file()
    }


def piso_de(plantilla):
    carpeta = plantilla.split("/")[0]
    return "territorios" if carpeta in DEL_PRIMER_PISO else carpeta


def apps_nombradas(texto):
    incluidas = {ruta.split("/")[0] for ruta in OTRA.findall(texto)}
    return (set(RUTA.findall(texto)) | incluidas) & set(PISOS)


def usuarios_de(todas):
    """Componente → plantillas desde las que se llega a él, directa o indirectamente."""
    usuarios = defaultdict(set)
    for nombre in todas:
        pendientes, vistas = [nombre], set()
        while pendientes:
            actual = pendientes.pop()
            for otra in OTRA.findall(todas.get(actual, "")):
                if otra not in vistas and otra not in ARMAZON:
                    vistas.add(otra)
                    pendientes.append(otra)
        for otra in vistas:
            usuarios[otra].add(nombre)
    return usuarios


def plantillas_hacia_la_derecha(todas):
    """Fallas y cuántas se miraron. Un componente mira como el más bajo de sus usuarios."""
    usuarios, fallas, vistas = usuarios_de(todas), [], 0
    for nombre, texto in todas.items():
        if nombre in ARMAZON:
            continue
        suyos = {piso_de(nombre)} | {piso_de(usuario) for usuario in usuarios[nombre]}
        pisos = [piso for piso in PISOS if piso in suyos]
        if not pisos:
            continue
        vistas += 1
        ajenas = apps_nombradas(texto) & prohibidos_para(pisos[0])
        fallas += [f"{nombre} (usada desde {pisos[0]}) nombra a {otra}" for otra in sorted(ajenas)]
    return fallas, vistas


def test_las_plantillas_miran_a_su_izquierda():
    fallas, vistas = plantillas_hacia_la_derecha(plantillas())
    assert not fallas, "\n".join(fallas)
    assert vistas > 20


@pytest.mark.parametrize(
    "malas",
    [
        {"territorios/gad.html": "{% url 'pdot:evaluacion' 1 %}"},
        {"talleres/lista.html": '{% include "pdot/_estado.html" %}'},
        {"acompanamiento/grupo.html": '{% extends "talleres/base.html" %}'},
        {"account/login.html": "{% url 'pdot:inicio' %}"},
        {
            "_componentes/ficha.html": "{% url 'pdot:evaluacion' 1 %}",
            "pdot/uno.html": '{% include "_componentes/ficha.html" %}',
            "territorios/otro.html": '{% include "_componentes/ficha.html" %}',
        },
    ],
)
def test_control_una_plantilla_que_mira_a_la_derecha_se_denuncia(malas):
    assert len(plantillas_hacia_la_derecha(malas)[0]) == 1


def test_control_un_componente_de_un_solo_piso_puede_nombrarlo():
    buenas = {
        "_componentes/ficha.html": "{% url 'pdot:evaluacion' 1 %}",
        "pdot/uno.html": '{% include "_componentes/ficha.html" %}',
    }
    assert plantillas_hacia_la_derecha(buenas) == ([], 2)


def textos_de_python():
    """Todo texto literal del código (no el de las pruebas): los nombres de plantilla van ahí."""
    for archivo in modulos(*PISOS, "config"):
        for nodo in ast.walk(ast.parse(archivo.read_text())):
            if isinstance(nodo, ast.Constant) and isinstance(nodo.value, str):
                yield nodo.value


def reemplaza_a_otra(nombre):
    """Si un paquete instalado trae una plantilla con ese nombre: la nuestra se usa en su lugar."""
    carpetas = [c for c in get_app_template_dirs("templates") if not c.is_relative_to(PLANTILLAS)]
    return any((carpeta / nombre).exists() for carpeta in carpetas)


def sin_uso(todas, nombradas):
    """Plantillas a las que no se llega desde el código ni desde un paquete."""
    pendientes = [n for n in todas if n in nombradas or reemplaza_a_otra(n)]
    usadas = set()
    while pendientes:
        actual = pendientes.pop()
        if actual not in usadas:
            usadas.add(actual)
            pendientes += OTRA.findall(todas.get(actual, ""))
    return set(todas) - usadas


def test_no_hay_plantillas_sin_uso():
    todas = plantillas()
    assert not sin_uso(todas, set(textos_de_python()))
    assert len(todas) > 30


def test_control_una_plantilla_suelta_se_denuncia():
    todas = {"pdot/a.html": '{% include "pdot/b.html" %}', "pdot/b.html": "", "pdot/c.html": ""}
    assert sin_uso(todas, {"pdot/a.html"}) == {"pdot/c.html"}


# La CSP no deja correr nada de esto; el navegador lo callaría y la página saldría a medias.
EN_LINEA = re.compile(r"<style\b|<script\b(?![^>]*\bsrc=)|<[^>]*?\s(style|on[a-z]+)\s*=", re.I)


def con_estilo_o_guion(todas):
    return [n for n, texto in todas.items() if EN_LINEA.search(texto)]


def test_las_paginas_no_llevan_estilos_ni_guiones_en_linea():
    # Los documentos no pasan por el navegador: los compone WeasyPrint.
    paginas = {
        nombre: texto
        for nombre, texto in plantillas().items()
        if nombre.endswith(".html") and "/documentos/" not in nombre
    }
    assert not con_estilo_o_guion(paginas)
    assert len(paginas) > 25


@pytest.mark.parametrize(
    "mala",
    [
        '<p style="color: red">',
        '<button class="b" onclick="x()">',
        "<style>p {}</style>",
        "<script>x()</script>",
        '<script type="module">x()</script>',
    ],
)
def test_control_lo_que_va_en_linea_se_denuncia(mala):
    assert con_estilo_o_guion({"mala.html": mala}) == ["mala.html"]


def test_control_un_guion_con_archivo_se_permite():
    buena = '<script src="{% static \'js/a.js\' %}" defer></script><p class="style">on x = 1</p>'
    assert con_estilo_o_guion({"buena.html": buena}) == []
