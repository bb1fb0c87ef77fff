"""Imágenes que se suben: se vuelven a hacer desde sus puntos, sin nada de lo que traían escondido.

De la original no queda más que lo que se ve: ni lugar, ni cámara, ni fecha, ni comentarios. El
tamaño se mira en la cabecera, antes de abrir la imagen: una de doscientos megapíxeles puede pesar
unos pocos kilobytes y llenar la memoria.
"""

import warnings
from io import BytesIO

from PIL import Image, ImageFile

MAXIMO_BYTES = 10 * 1024 * 1024
MAXIMO_PUNTOS = 50_000_000
LADO_MAYOR = 2400
LADO_DE_MINIATURA = 480
# Un logotipo impreso mide unos centímetros.
LADO_DE_LOGOTIPO = 900
FORMATOS = ("JPEG", "PNG", "WEBP")

# Cómo enderezar lo que la cámara guardó de lado (etiqueta EXIF 0x0112).
ORIENTACION = 0x0112
GIROS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Lo que Pillow lanza ante un archivo roto depende del formato y del lugar de la rotura.
ROTURAS = (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError)


class ImagenRechazada(Exception):
    """La foto no se admite; `mensaje` dice por qué, en una frase para quien la subió."""

    def __init__(self, mensaje):
        super().__init__(mensaje)
        self.mensaje = mensaje


def recodificar(archivo):
    """(imagen, miniatura, ancho, alto): los bytes de dos JPEG limpios y el tamaño del primero.

    `archivo`: abierto en binario, en cualquier lugar. Lanza ImagenRechazada.
    """
    foto = _limpia(archivo, _enderezada)
    miniatura = foto.copy()
    miniatura.thumbnail((LADO_DE_MINIATURA, LADO_DE_MINIATURA))
    return _en_jpeg(foto), _en_jpeg(miniatura), foto.width, foto.height


def recodificar_logotipo(archivo):
    """(imagen, ancho, alto): los bytes de un PNG limpio, que conserva lo transparente.

    `archivo`: abierto en binario, en cualquier lugar. Lanza ImagenRechazada.
    """
    logotipo = _limpia(archivo, _reducido)
    salida = BytesIO()
    logotipo.save(salida, "PNG", optimize=True)
    return salida.getvalue(), logotipo.width, logotipo.height


def _limpia(archivo, leer):
    """Lo que da `leer` con la imagen ya abierta y medida."""
    _exigir_peso(archivo)
    # Quien compone los PDF lo deja en True, y así Pillow da por buenas las rotas y las bombas.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with warnings.catch_warnings():
        # Nuestro tope es más estricto que el de Pillow, y se dice en español.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        original = _abrir(archivo)
        _exigir_tamano(original)
        try:
            return leer(original)
        except ROTURAS as error:
            raise ImagenRechazada("La imagen está dañada y no se puede leer.") from error


def _exigir_peso(archivo):
    bytes_ = archivo.seek(0, 2)
    archivo.seek(0)
    if not bytes_:
        raise ImagenRechazada("El archivo está vacío.")
    if bytes_ > MAXIMO_BYTES:
        raise ImagenRechazada("La imagen pesa más de 10 MB: redúzcala y vuelva a intentarlo.")


def _abrir(archivo):
    try:
        return Image.open(archivo, formats=FORMATOS)
    except Image.DecompressionBombError as error:
        raise _demasiado_grande() from error
    except ROTURAS as error:
        raise ImagenRechazada("No es una imagen JPEG, PNG o WebP, o está dañada.") from error


def _exigir_tamano(imagen):
    if imagen.width * imagen.height > MAXIMO_PUNTOS:
        raise _demasiado_grande()


def _demasiado_grande():
    return ImagenRechazada(
        "La imagen tiene más de 50 megapíxeles: redúzcala y vuelva a intentarlo."
    )


def _enderezada(original):
    """Los puntos de la foto, derechos, sobre blanco y sin pasar de LADO_MAYOR."""
    giro = GIROS.get(original.getexif().get(ORIENTACION))
    con_color = _reducido(original, LADO_MAYOR)
    foto = Image.new("RGB", con_color.size, "white")
    foto.paste(con_color, mask=con_color if con_color.mode == "RGBA" else None)
    return foto.transpose(giro) if giro else foto


def _reducido(original, lado=LADO_DE_LOGOTIPO):
    """Los puntos con su color y su transparencia, sin pasar de `lado`."""
    # Un JPEG se puede leer ya reducido: así no ocupa en memoria lo que no se va a guardar.
    original.draft("RGB", (lado, lado))
    original.load()
    modo = "RGBA" if original.has_transparency_data else "RGB"
    # Convertir al mismo modo sería otra copia entera en memoria.
    con_color = original if original.mode == modo else original.convert(modo)
    con_color.thumbnail((lado, lado))
    return con_color


def _en_jpeg(foto):
    salida = BytesIO()
    foto.save(salida, "JPEG", quality=82, optimize=True, progressive=True)
    return salida.getvalue()
