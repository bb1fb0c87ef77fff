"""Las fotos se vuelven a hacer: derechas, pequeñas y sin nada escondido; lo raro se rechaza."""

from io import BytesIO

import pytest
from PIL import Image

from territorios import imagenes
from territorios.imagenes import ImagenRechazada, recodificar

from ..imagenes import PDF, SVG, foto, foto_con_gps, foto_de_lado, png_gigante


def recodificada(contenido):
    imagen, miniatura, ancho, alto = recodificar(BytesIO(contenido))
    return Image.open(BytesIO(imagen)), Image.open(BytesIO(miniatura)), (ancho, alto)


@pytest.mark.parametrize("formato", ["JPEG", "PNG", "WEBP"])
def test_sale_siempre_un_jpeg_con_su_miniatura(formato):
    imagen, miniatura, tamano = recodificada(foto(1000, 500, formato=formato))
    assert (imagen.format, imagen.size, tamano) == ("JPEG", (1000, 500), (1000, 500))
    assert (miniatura.format, miniatura.size) == ("JPEG", (480, 240))


def test_no_queda_nada_de_lo_que_traia_escondido():
    original = foto_con_gps()
    assert b"delatora" in original and Image.open(BytesIO(original)).getexif().get_ifd(0x8825)
    imagen, miniatura, *_ = recodificar(BytesIO(original))
    for salida in (imagen, miniatura):
        assert dict(Image.open(BytesIO(salida)).getexif()) == {}
        assert not any(resto in salida for resto in (b"delatora", b"Exif", b"GPS", b"ICC_PROFILE"))


def test_el_comentario_y_el_perfil_de_color_tampoco_quedan():
    salida = BytesIO()
    Image.new("RGB", (20, 20)).save(
        salida, "JPEG", comment=b"Casa de la alcaldesa", icc_profile=b"perfil" * 30
    )
    imagen, *_ = recodificar(BytesIO(salida.getvalue()))
    assert b"alcaldesa" not in imagen and b"perfil" not in imagen


def test_la_que_se_guardo_de_lado_sale_derecha():
    imagen, miniatura, tamano = recodificada(foto_de_lado(ancho=640, alto=480))
    assert imagen.size == tamano == (480, 640)
    # La esquina roja, que estaba arriba a la izquierda, queda arriba a la derecha.
    rojo, azul = imagen.getpixel((450, 30)), imagen.getpixel((30, 30))
    assert rojo[0] > 200 and azul[2] > 130
    assert miniatura.size == (360, 480)


def test_la_muy_grande_se_reduce_al_lado_mayor():
    imagen, _, tamano = recodificada(foto(5000, 1000))
    assert imagen.size == tamano == (2400, 480)


def test_lo_transparente_queda_sobre_blanco():
    imagen, *_ = recodificada(foto(100, 100, formato="PNG", modo="RGBA", color=(0, 0, 0, 0)))
    assert min(imagen.getpixel((90, 90))) > 245


@pytest.mark.parametrize("modo", ["L", "P", "1", "LA", "CMYK", "I;16"])
def test_se_admite_cualquier_modo_de_color(modo):
    imagen = Image.new(modo, (60, 40))
    salida = BytesIO()
    imagen.save(salida, "JPEG" if modo == "CMYK" else "PNG")
    assert recodificada(salida.getvalue())[2] == (60, 40)


GRANDE = "La imagen tiene más de 50 megapíxeles: redúzcala y vuelva a intentarlo."
AJENA = "No es una imagen JPEG, PNG o WebP, o está dañada."


@pytest.mark.parametrize(
    ("contenido", "mensaje"),
    [
        (png_gigante(), GRANDE),
        (png_gigante(10_000, 5_001), GRANDE),
        (png_gigante(100_000, 100_000), GRANDE),
        (SVG, AJENA),
        (PDF, AJENA),
        (b"MZ\x90\0" + b"\0" * 200, AJENA),
        (b"GIF89a" + b"\0" * 200, AJENA),
        (foto(formato="BMP"), AJENA),
        (foto(formato="TIFF"), AJENA),
        (b"", "El archivo está vacío."),
        (b"\xff\xd8\xff" + b"\0" * 100, AJENA),
        (foto()[:2000], "La imagen está dañada y no se puede leer."),
    ],
)
def test_lo_que_no_es_una_foto_razonable_se_rechaza(contenido, mensaje):
    assert len(contenido) < 3_000_000
    with pytest.raises(ImagenRechazada) as rechazo:
        recodificar(BytesIO(contenido))
    assert rechazo.value.mensaje == mensaje


def test_una_bomba_de_texto_comprimido_se_rechaza():
    from PIL.PngImagePlugin import PngInfo

    textos = PngInfo()
    for n in range(3):
        textos.add_text(f"bomba {n}", "a" * 40_000_000, zip=True)
    salida = BytesIO()
    Image.new("RGB", (10, 10)).save(salida, "PNG", pnginfo=textos)
    assert len(salida.getvalue()) < 200_000
    with pytest.raises(ImagenRechazada):
        recodificar(BytesIO(salida.getvalue()))


def test_tambien_despues_de_componer_un_pdf(monkeypatch):
    """WeasyPrint le pide a Pillow, para todo el proceso, que admita imágenes rotas."""
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(ImagenRechazada, match="dañada"):
        recodificar(BytesIO(foto()[:2000]))


def test_la_que_pesa_de_mas_ni_se_abre(monkeypatch):
    monkeypatch.setattr(imagenes, "MAXIMO_BYTES", 1000)
    with pytest.raises(ImagenRechazada, match="10 MB"):
        recodificar(BytesIO(foto()))
