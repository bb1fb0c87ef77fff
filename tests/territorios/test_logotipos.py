"""Los logotipos del membrete: los sube la central, valen entre fechas y salen en todo PDF."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from PIL import Image

from territorios.models import Logotipo
from tests.conftest import entrar, ruta_admin
from tests.fabricas_documentos import logotipo, pliego
from tests.imagenes import PDF, SVG, foto, foto_con_gps, png_gigante
from tests.lectura_pdf import abrir, impreso, textos_alternativos

DATOS = {"nombre": "Escudo", "texto_alternativo": "Escudo del Ecuador", "orden": "1"}


def subir(client, contenido, nombre="logo.png", **datos):
    archivo = SimpleUploadedFile(nombre, contenido, "image/png")
    return client.post(ruta_admin(Logotipo, "add"), DATOS | datos | {"imagen": archivo})


def test_la_central_sube_uno_y_ve_como_queda(como_central):
    con_transparencia = foto(3000, 600, formato="PNG", modo="RGBA", color=(0, 0, 0, 0))
    assert subir(como_central, con_transparencia).status_code == 302
    uno = Logotipo.objects.get()
    assert (uno.ancho, uno.alto) == (900, 180)
    with uno.imagen.open("rb") as guardada:
        imagen = Image.open(BytesIO(guardada.read()))
    assert (imagen.format, imagen.mode) == ("PNG", "RGBA")
    pagina = como_central.get(ruta_admin(Logotipo, "change", uno.pk)).content.decode()
    assert 'src="data:image/png;base64,' in pagina
    assert 'alt="Escudo del Ecuador"' in pagina
    assert 'type="file"' not in pagina
    for que in ("changelist", "history"):
        args = [uno.pk] if que == "history" else []
        assert como_central.get(ruta_admin(Logotipo, que, *args)).status_code == 200


@pytest.mark.parametrize("contenido", [PDF, SVG, png_gigante(), foto()[:2000]])
def test_lo_que_no_es_una_imagen_sana_se_rechaza(como_central, contenido):
    respuesta = subir(como_central, contenido)
    assert respuesta.status_code == 400
    assert not Logotipo.objects.exists()


def test_sin_texto_alternativo_no_hay_logotipo(como_central):
    assert subir(como_central, foto(), texto_alternativo="").status_code == 400
    with pytest.raises(IntegrityError):
        logotipo(texto_alternativo="")


def test_de_la_original_no_queda_nada_escondido(como_central):
    subir(como_central, foto_con_gps(), nombre="logo.jpg")
    with Logotipo.objects.get().imagen.open("rb") as guardada:
        assert b"delatora" not in guardada.read()


def test_las_fechas_se_corrigen_y_la_imagen_no_cambia(como_central):
    subir(como_central, foto())
    uno = Logotipo.objects.get()
    ficha = como_central.get(ruta_admin(Logotipo, "change", uno.pk)).context["adminform"].form
    datos = DATOS | {"version": ficha.initial["version"], "hasta": "2024-01-01"}
    otra = SimpleUploadedFile("otra.png", foto(50, 50, formato="PNG"), "image/png")
    respuesta = como_central.post(ruta_admin(Logotipo, "change", uno.pk), datos | {"imagen": otra})
    assert respuesta.status_code == 302
    ahora = Logotipo.objects.get()
    assert (ahora.hasta, ahora.imagen.name) == (date(2024, 1, 1), uno.imagen.name)


def test_solo_la_central(client, zonal1):
    assert entrar(client, zonal1).get(ruta_admin(Logotipo, "add")).status_code == 403


def test_salen_los_de_la_fecha_del_documento_y_en_orden(db):
    logotipo(texto_alternativo="El segundo", orden=2)
    logotipo(texto_alternativo="El primero", orden=1, hasta=date(2021, 5, 24))
    de_antes, de_hoy = (
        textos_alternativos(impreso(pliego(contexto=contexto)))
        for contexto in ({"fecha": date(2019, 8, 22)}, {})
    )
    assert de_antes == ["El primero", "El segundo"]
    assert de_hoy == ["El segundo"]


def test_sin_logotipos_o_si_falta_su_archivo_el_documento_sale(db):
    sin = impreso(pliego())
    uno = logotipo()
    uno.imagen.storage.delete(uno.imagen.name)
    assert impreso(pliego()) == sin
    assert len(abrir(sin).pages) == 1
