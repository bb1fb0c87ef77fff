"""En producción no se arranca con valores de desarrollo, y Django no tiene nada que advertir."""

import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parent.parent.parent
SEGURA = {
    "PRODUCCION": "1",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "pdot.ejemplo.gob.ec",
    "EMAIL_URL": "smtp+tls://pdot:clave@correo.ejemplo.gob.ec:587",
    "CACHE_URL": "dbcache://cache_compartida",
}
# Lo que el ambiente de las pruebas no debe prestarle al proceso.
AJENAS = {
    "PRODUCCION",
    "DEBUG",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "SEGUNDO_FACTOR_EXIGIDO",
    "DATABASE_URL",
    "CACHE_URL",
    "EMAIL_URL",
    "STATIC_ROOT",
    "PROXIES_DE_CONFIANZA",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
}


def manage(*orden, **ambiente):
    """Corre manage.py en un proceso limpio, con solo ese ambiente de la plataforma."""
    limpio = {nombre: valor for nombre, valor in os.environ.items() if nombre not in AJENAS}
    return subprocess.run(
        [sys.executable, "manage.py", *orden],
        cwd=RAIZ,
        env=limpio | {"PYTHONUTF8": "1"} | ambiente,
        capture_output=True,
        text=True,
        timeout=120,
    )


def ajuste(nombre, **ambiente):
    codigo = f"from django.conf import settings; print(settings.{nombre})"
    dicho = manage("shell", "--no-imports", "-c", codigo, **ambiente)
    assert dicho.returncode == 0, dicho.stderr
    return dicho.stdout.strip()


@pytest.mark.parametrize(
    ("cambio", "dice"),
    [
        ({"DEBUG": "1"}, "DEBUG"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "corta"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    ],
)
def test_produccion_no_arranca_insegura(cambio, dice):
    dicho = manage("check", **(SEGURA | cambio))
    assert dicho.returncode != 0
    ultima = dicho.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in ultima
    assert dice in ultima


def test_produccion_no_arranca_con_la_clave_de_desarrollo():
    sin_clave = {nombre: valor for nombre, valor in SEGURA.items() if nombre != "SECRET_KEY"}
    dicho = manage("check", **sin_clave)
    assert dicho.returncode != 0
    assert "SECRET_KEY" in dicho.stderr.splitlines()[-1]


def test_check_deploy_limpio():
    dicho = manage("check", "--deploy", "--fail-level", "WARNING", **SEGURA)
    assert dicho.returncode == 0, dicho.stderr
    assert "no issues" in dicho.stdout + dicho.stderr


def test_check_deploy_si_advierte_en_desarrollo():
    """Control negativo: la misma orden, fuera de producción, encuentra qué decir."""
    assert manage("check", "--deploy", "--fail-level", "WARNING").returncode != 0


@pytest.mark.parametrize(
    ("nombre", "en_produccion", "en_desarrollo"),
    [
        ("DEBUG", "False", "True"),
        ("SEGUNDO_FACTOR_EXIGIDO", "True", "False"),
        ("SESSION_COOKIE_SECURE", "True", "False"),
        ("SECURE_SSL_REDIRECT", "True", "False"),
    ],
)
def test_lo_que_cambia_entre_los_dos_modos(nombre, en_produccion, en_desarrollo):
    assert ajuste(nombre, **SEGURA) == en_produccion
    assert ajuste(nombre) == en_desarrollo


@pytest.mark.parametrize(
    ("cambio", "advertencia"),
    [
        ({"EMAIL_URL": "consolemail://"}, "territorios.W001"),
        ({"EMAIL_URL": "memorymail://"}, "territorios.W001"),
        ({"CACHE_URL": "locmemcache://"}, "territorios.W002"),
    ],
)
def test_en_produccion_se_advierte_lo_que_funciona_a_medias(cambio, advertencia):
    dicho = manage("check", **(SEGURA | cambio))
    assert dicho.returncode == 0, "se advierte, pero se arranca"
    assert re.findall(r"territorios\.W\d+", dicho.stderr) == [advertencia]


def test_en_desarrollo_no_se_advierte():
    assert "territorios.W" not in manage("check").stderr


@pytest.mark.parametrize(("proxies", "se_le_cree"), [("0", False), ("1", True)])
def test_solo_se_cree_a_un_proxy_propio(proxies, se_le_cree):
    dicho = ajuste("SECURE_PROXY_SSL_HEADER", **SEGURA, PROXIES_DE_CONFIANZA=proxies)
    assert ("X_FORWARDED_PROTO" in dicho) == se_le_cree


@pytest.mark.parametrize("nombre", ["SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"])
def test_hsts_se_puede_aflojar(nombre):
    assert ajuste(nombre, **SEGURA) == "True"
    assert ajuste(nombre, **SEGURA, **{nombre: "0"}) == "False"


def test_las_opciones_de_la_base_se_suman_a_las_de_la_plataforma():
    base = "postgres://u:c@127.0.0.1/pdot?sslmode=require&options=-c%20search_path%3Dpdot"
    opciones = ajuste('DATABASES["default"]["OPTIONS"]', DATABASE_URL=base)
    assert "'sslmode': 'require'" in opciones
    assert "statement_timeout=30000" in opciones
    assert "jit=off" in opciones
    assert "-c search_path=pdot'" in opciones
    de_fabrica = ajuste('DATABASES["default"]["OPTIONS"]', DATABASE_URL="sqlite:///x.sqlite3")
    assert "IMMEDIATE" in de_fabrica


def test_cada_variable_del_ambiente_se_explica():
    leidas = re.findall(r'env\.\w+\(\s*"(\w+)"', (RAIZ / "config" / "settings.py").read_text())
    explicadas = re.findall(r"^#(\w+)=", (RAIZ / ".env.example").read_text(), re.M)
    assert set(leidas) == set(explicadas)
    assert len(leidas) > 15


def test_collectstatic_en_produccion(tmp_path):
    """Los paquetes traen enlaces a mapas que no se publican: aun así se reúne todo."""
    dicho = manage("collectstatic", "--no-input", **SEGURA, STATIC_ROOT=str(tmp_path))
    assert dicho.returncode == 0, dicho.stderr
    publicados = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert len(publicados) > 50
    assert not [ruta for ruta in publicados.values() if not (tmp_path / ruta).exists()]
    hoja = tmp_path / publicados["css/plataforma.css"]
    letra = publicados["paquetes/letra.woff2"].removeprefix("paquetes/")
    assert re.fullmatch(r"letra\.\w{12}\.woff2", letra)
    assert f'url("../paquetes/{letra}")' in hoja.read_text()
    for comprimida in (".gz", ".br"):
        assert hoja.with_name(hoja.name + comprimida).exists()
