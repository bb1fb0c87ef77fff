"""Subir evidencias, quién las ve y cómo se entregan."""

from io import BytesIO

import pytest
from PIL import Image

from talleres import acciones_evidencias
from talleres.models import Evidencia
from tests.carreras import a_la_vez
from tests.conftest import entrar

from ..imagenes import PDF, SVG, foto, foto_con_gps, png_gigante
from .evidencias import archivo, evidencia_de, guardados, ruta, subir

pytestmark = pytest.mark.django_db

QUIENES = (
    "central",
    "zonal1",
    "zonal4",
    "observador",
    "observador1",
    "plan_rioverde",
    "plan_esmeraldas",
    "plan_chone",
)
EDITAN = {"central", "zonal1"}
CON_GAD = EDITAN | {"plan_rioverde", "plan_esmeraldas"}
VEN = CON_GAD | {"observador", "observador1"}


# --- Subir --------------------------------------------------------------------------------------


def test_se_suben_varias_a_la_vez(client, zonal1, encuentro1):
    respuesta = subir(
        entrar(client, zonal1),
        encuentro1,
        archivo(foto(color="green")),
        archivo(foto(formato="PNG"), "captura.png"),
        archivo(PDF, "oficio.pdf"),
        alcance="personas",
        consentimiento="Todas aceptaron de viva voz.",
    )
    assert (respuesta.status_code, respuesta.url) == (302, ruta("evidencias", encuentro1))
    filas = [(e.clase, e.ancho, e.alto, e.alcance, e.subida_por) for e in Evidencia.objects.all()]
    comun = ("personas", zonal1)
    assert filas == [
        ("foto", 640, 480, *comun),
        ("foto", 640, 480, *comun),
        ("documento", None, None, *comun),
    ]
    # Dos fotos con su miniatura y un documento, con nombres que no dicen nada.
    assert len(guardados()) == 5
    assert not any(palabra in str(guardados()) for palabra in ("oficio", "captura"))
    assert {uno.stat().st_mode & 0o777 for uno in guardados()} == {0o600}
    historia = Evidencia.historia.first()
    assert historia.history_user == zonal1 and not hasattr(historia, "consentimiento")


def test_lo_que_se_sirve_no_lleva_lugar_ni_camara(client, central, encuentro1):
    subir(entrar(client, central), encuentro1, archivo(foto_con_gps()))
    evidencia = Evidencia.objects.get()
    for que in ("archivo_evidencia", "miniatura_evidencia"):
        servido = client.get(ruta(que, evidencia)).getvalue()
        assert dict(Image.open(BytesIO(servido)).getexif()) == {}
        assert b"Exif" not in servido and b"delatora" not in servido


GRANDE = "«mapa.png»: La imagen tiene más de 50 megapíxeles: redúzcala y vuelva a intentarlo."
AJENA = "No es una imagen JPEG, PNG o WebP, o está dañada."


@pytest.mark.parametrize(
    ("contenido", "nombre", "dicho"),
    [
        (png_gigante(), "mapa.png", GRANDE),
        (SVG, "logo.png", f"«logo.png»: {AJENA}"),
        (SVG, "logo.svg", f"«logo.svg»: {AJENA}"),
        (b"<html><script>alert(1)</script></html>", "pagina.jpg", f"«pagina.jpg»: {AJENA}"),
        (b"MZ" + b"\0" * 100, "acta.pdf", "«acta.pdf»: Dice ser un PDF y no lo es."),
        (b"<html>%PDF-1.7 %%EOF", "acta.pdf", "«acta.pdf»: Dice ser un PDF y no lo es."),
        (PDF[:20], "acta.pdf", "«acta.pdf»: El PDF está incompleto o dañado."),
        (PDF + b"/JavaScript (x) %%EOF", "acta.pdf", "vuelva a imprimirlo como PDF"),
        (b"", "nada.jpg", "Uno de los archivos está vacío."),
    ],
)
def test_lo_que_no_se_admite_no_deja_nada_escrito(
    client, central, encuentro1, contenido, nombre, dicho
):
    respuesta = subir(
        entrar(client, central),
        encuentro1,
        archivo(),
        archivo(contenido, nombre),
        leyenda="Escrita",
    )
    pagina = respuesta.content.decode()
    assert respuesta.status_code == 400
    assert dicho in pagina and 'value="Escrita"' in pagina
    assert (Evidencia.objects.count(), guardados()) == (0, [])


def test_un_archivo_de_mas_de_veinte_megas_se_corta(client, central, encuentro1):
    enorme = archivo(b"%PDF-" + b"\0" * (22 * 1024 * 1024), "acta.pdf")
    respuesta = subir(entrar(client, central), encuentro1, enorme)
    assert respuesta.status_code == 413
    assert "Uno de los archivos pasa de 20 MB" in respuesta.content.decode()
    assert (Evidencia.objects.count(), guardados()) == (0, [])


def test_trece_a_la_vez_son_demasiadas(client, central, encuentro1):
    respuesta = subir(entrar(client, central), encuentro1, *(archivo() for _ in range(13)))
    assert respuesta.status_code == 400
    assert "suba hasta 12 a la vez" in respuesta.content.decode()
    assert guardados() == []


@pytest.mark.parametrize(
    ("datos", "dicho"),
    [
        ({"leyenda": " "}, "Escriba qué muestran."),
        ({"alcance": "personas"}, "Anote quién aceptó aparecer, cómo y cuándo."),
        ({"alcance": "zona"}, "Anote quién aceptó aparecer, cómo y cuándo."),
        ({"alcance": "nadie"}, "nadie no es una de las opciones"),
    ],
)
def test_lo_que_falta_se_dice(client, central, encuentro1, datos, dicho):
    respuesta = subir(entrar(client, central), encuentro1, **datos)
    assert respuesta.status_code == 400
    assert dicho in respuesta.content.decode()
    assert (Evidencia.objects.count(), guardados()) == (0, [])


def test_sin_archivos_no_hay_que_guardar(client, central, encuentro1):
    respuesta = entrar(client, central).post(
        ruta("subir_evidencias", encuentro1), {"leyenda": "x", "alcance": "todos"}
    )
    assert respuesta.status_code == 400
    assert "Elija al menos una foto o un documento." in respuesta.content.decode()


def test_subir_lo_mismo_otra_vez_no_lo_repite(client, central, encuentro1):
    entrar(client, central)
    subir(client, encuentro1)
    pagina = client.get(subir(client, encuentro1, archivo(), archivo(PDF, "acta.pdf")).url)
    assert "1 archivo ya estaba" in pagina.content.decode()
    assert [e.clase for e in Evidencia.objects.all()] == ["foto", "documento"]
    assert len(guardados()) == 3


def test_si_algo_falla_no_quedan_archivos_sueltos(central, encuentro1, monkeypatch):
    veces = iter(range(10))

    def falla_la_segunda(evidencia, **kwargs):
        if next(veces) == 1:
            raise RuntimeError("se fue la luz")
        return guardar(evidencia, **kwargs)

    guardar = Evidencia.save
    monkeypatch.setattr(Evidencia, "save", falla_la_segunda)
    fotos = [acciones_evidencias.Preparada("foto", bytes([n]) * 9, b"m", 3, 3) for n in range(3)]
    with pytest.raises(RuntimeError):
        acciones_evidencias.subir_evidencias(
            encuentro1, fotos, leyenda="x", alcance="todos", consentimiento="", por=central
        )
    assert (Evidencia.objects.count(), guardados()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_dos_envios_iguales_a_la_vez_dejan_una(central, encuentro1):
    dados = a_la_vez(2, lambda n: _subir_la_misma(encuentro1, central))
    assert sorted(len(nuevas) for nuevas in dados) == [0, 1]
    assert (Evidencia.objects.count(), len(guardados())) == (1, 2)


def _subir_la_misma(encuentro, por):
    igual = acciones_evidencias.Preparada("foto", b"igual", b"m", 3, 3)
    return acciones_evidencias.subir_evidencias(
        encuentro, [igual], leyenda="x", alcance="todos", consentimiento="", por=por
    )


# --- Quién ve y quién sube ----------------------------------------------------------------------


@pytest.mark.parametrize("quien", QUIENES)
def test_sube_quien_edita_el_encuentro(client, elenco, encuentro1, quien):
    respuesta = subir(entrar(client, elenco[quien]), encuentro1)
    esperado = 302 if quien in EDITAN else 404 if quien == "zonal4" else 403
    assert respuesta.status_code == esperado
    assert bool(guardados()) == (quien in EDITAN)


@pytest.mark.parametrize("quien", QUIENES)
@pytest.mark.parametrize(
    ("alcance", "ven"), [("todos", VEN), ("personas", CON_GAD), ("zona", EDITAN)]
)
def test_los_archivos_se_entregan_solo_a_quien_toca(
    client, elenco, central, encuentro1, quien, alcance, ven
):
    evidencia = evidencia_de(
        encuentro1, por=central, alcance=alcance, consentimiento="Sí", leyenda="Secreta"
    )
    entrar(client, elenco[quien])
    for que in ("evidencia", "archivo_evidencia", "miniatura_evidencia"):
        assert client.get(ruta(que, evidencia)).status_code == (200 if quien in ven else 404)
    pagina = client.get(ruta("evidencias", encuentro1))
    assert pagina.status_code == (200 if quien in VEN else 404)
    assert ("Secreta" in pagina.content.decode()) == (quien in ven)


def test_sin_sesion_se_pide_ingresar(client, central, encuentro1):
    evidencia = evidencia_de(encuentro1, por=central)
    for que in ("archivo_evidencia", "miniatura_evidencia"):
        assert client.get(ruta(que, evidencia)).status_code == 302


def test_la_nota_de_consentimiento_no_la_lee_un_gad(client, elenco, central, encuentro1):
    evidencia = evidencia_de(
        encuentro1, por=central, alcance="personas", consentimiento="Aceptó doña Rosa"
    )
    leen = {
        quien
        for quien in CON_GAD
        if "doña Rosa" in entrar(client, elenco[quien]).get(ruta("evidencia", evidencia)).text
    }
    assert leen == EDITAN


def test_no_se_llega_a_los_archivos_por_ninguna_direccion(client, central, encuentro1):
    evidencia = evidencia_de(encuentro1, por=central)
    entrar(client, central)
    for carpeta in ("", "media/", "media/privados/", "static/"):
        assert client.get(f"/{carpeta}{evidencia.archivo.name}").status_code == 404
    with pytest.raises(ValueError):
        _ = evidencia.archivo.url


# --- Cómo se entregan ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contenido", "tipo", "nombre"),
    [
        (None, "image/jpeg", "taller-en-sua.jpg"),
        (PDF, "application/pdf", "taller-en-sua.pdf"),
    ],
)
def test_se_descargan_y_nadie_los_reinterpreta(
    client, central, encuentro1, contenido, tipo, nombre
):
    evidencia = evidencia_de(
        encuentro1, por=central, contenido=contenido, leyenda='Taller en "Súa"\r\nX: y'[:14]
    )
    respuesta = entrar(client, central).get(ruta("archivo_evidencia", evidencia))
    assert respuesta["Content-Type"] == tipo
    assert respuesta["Content-Disposition"] == f'attachment; filename="{nombre}"'
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in respuesta["Cache-Control"] and "private" in respuesta["Cache-Control"]
    assert len(respuesta.getvalue()) == evidencia.bytes


def test_si_el_archivo_falta_en_el_disco_es_404(client, central, encuentro1):
    evidencia = evidencia_de(encuentro1, por=central)
    for uno in guardados():
        uno.unlink()
    assert entrar(client, central).get(ruta("archivo_evidencia", evidencia)).status_code == 404


def test_un_documento_no_tiene_miniatura(client, central, encuentro1):
    evidencia = evidencia_de(encuentro1, por=central, contenido=PDF)
    assert entrar(client, central).get(ruta("miniatura_evidencia", evidencia)).status_code == 404


# --- Las páginas --------------------------------------------------------------------------------


def test_la_pagina_lleva_la_leyenda_como_texto_alternativo(client, observador, central, encuentro1):
    foto_, acta = (
        evidencia_de(encuentro1, por=central, leyenda='Mesa 2 <b>"Agua"</b>'),
        evidencia_de(encuentro1, por=central, contenido=PDF, leyenda="Acta firmada"),
    )
    pagina = entrar(client, observador).get(ruta("evidencias", encuentro1)).text
    assert 'alt="Mesa 2 &lt;b&gt;&quot;Agua&quot;&lt;/b&gt;"' in pagina
    assert ruta("miniatura_evidencia", foto_) in pagina and "Acta firmada" in pagina
    assert ruta("subir_evidencias", encuentro1) not in pagina
    assert ruta("miniatura_evidencia", acta) not in pagina


def test_sin_evidencias_se_dice_como_subirlas(client, zonal1, encuentro1):
    pagina = entrar(client, zonal1).get(ruta("evidencias", encuentro1)).text
    assert "Ninguna que usted pueda ver." in pagina and "Subir fotos o documentos" in pagina


def test_desde_el_telefono_se_abre_la_camara(client, zonal1, encuentro1):
    pagina = entrar(client, zonal1).get(ruta("subir_evidencias", encuentro1)).text
    assert 'capture="environment"' in pagina and "multiple" in pagina
    assert pagina.count('name="archivos"') == 2


def test_la_ficha_del_encuentro_cuenta_las_que_ve_cada_quien(client, elenco, central, encuentro1):
    evidencia_de(encuentro1, por=central)
    evidencia_de(encuentro1, por=central, contenido=PDF, alcance="zona", consentimiento="Sí")
    cuentan = {
        quien: entrar(client, elenco[quien])
        .get(encuentro1.get_absolute_url())
        .context["encuentro"]
        .cuantas_evidencias
        for quien in ("central", "zonal1", "plan_rioverde", "observador")
    }
    assert cuentan == {"central": 2, "zonal1": 2, "plan_rioverde": 1, "observador": 1}
