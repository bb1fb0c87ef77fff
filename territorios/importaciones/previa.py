"""Lo común de toda importación: el archivo que llega, la vista previa y el turno para escribir."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from django.utils.formats import number_format

from ..lectura import CargaRechazada
from ..models import Zona

TOPE_DEL_ARCHIVO = 20 * 1024 * 1024


class VistaCambiada(Exception):
    """Lo que ahora haría la importación no es lo que se aprobó. `vista` es la nueva."""

    def __init__(self, vista):
        super().__init__("La base cambió desde la vista previa.")
        self.vista = vista


class DemasiadoGrande(CargaRechazada):
    """El archivo pasa del tope: ni se mira lo que trae."""

    def __init__(self, nombre, bytes_):
        tope = TOPE_DEL_ARCHIVO // 1024**2
        super().__init__(nombre, f"pesa {bytes_ / 1024**2:.1f} MB y el tope es {tope} MB.")


@dataclass(frozen=True)
class Archivo:
    """Un archivo entero en memoria, con el nombre con que lo reconoce quien lo trajo."""

    nombre: str
    contenido: bytes

    def __post_init__(self):
        if len(self.contenido) > TOPE_DEL_ARCHIVO:
            raise DemasiadoGrande(self.nombre, len(self.contenido))
        if not self.contenido:
            raise CargaRechazada(self.nombre, "está vacío.")

    @classmethod
    def de_ruta(cls, ruta):
        ruta = Path(ruta)
        try:
            if ruta.stat().st_size > TOPE_DEL_ARCHIVO:
                raise DemasiadoGrande(ruta.name, ruta.stat().st_size)
            return cls(ruta.name, ruta.read_bytes())
        except OSError as error:
            motivo = f"no se puede leer ({error.strerror or error})."
            raise CargaRechazada(ruta.name, motivo) from None

    @cached_property
    def huella(self):
        return sha256(self.contenido).hexdigest()


def rechazo_de(archivo, numero, motivo, *, columna=None, valor=None):
    """La excepción que corresponde a una entidad de un GeoJSON, para lanzarla."""
    lugar = f"{archivo.nombre}, entidad {numero}"
    columna = None if columna is None else legible(columna)
    valor = None if valor is None else legible(valor)
    return CargaRechazada(lugar, motivo, columna=columna, valor=valor, es_json=True)


def legible(valor):
    """Un JSON puede traer medias letras («\\ud800») que después no se dejan escribir."""
    return str(valor).encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class Apartado:
    """Una lista de la vista previa. `aviso` si pide que alguien la lea antes de aceptar."""

    titulo: str
    filas: list[str]
    aviso: bool = False


@dataclass(frozen=True)
class VistaPrevia:
    """Qué hará (o hizo) una importación. `cambia` es falso si no hay nada que escribir."""

    titulo: str
    resumen: list[str]
    apartados: list[Apartado] = field(default_factory=list)
    cambia: bool = True

    @property
    def con_filas(self):
        return [apartado for apartado in self.apartados if apartado.filas]

    @property
    def huella(self):
        """Cambia si cambia algo de lo que se lee."""
        return sha256("\n".join(self.lineas()).encode()).hexdigest()

    def lineas(self):
        """Todo, renglón por renglón, para la consola."""
        yield self.titulo
        yield from (f"  {linea}" for linea in self.resumen)
        for apartado in self.con_filas:
            yield f"  {apartado.titulo} ({len(apartado.filas)}):"
            yield from (f"    {fila}" for fila in apartado.filas)


def sin_el_cero(codigos):
    """El renglón que dice a qué códigos se les puso el cero inicial, o ninguno."""
    if not codigos:
        return []
    puntos = "…" if len(codigos) > 5 else "."
    return [
        f"{contar(('Códigos a los que se les puso el cero inicial', len(codigos)))} "
        f"{', '.join(codigos[:5])}{puntos}"
    ]


def contar(*partidas):
    """«Creados: 2. Sin cambio: 1.293.», de pares (qué, cuántos)."""
    return " ".join(
        f"{que}: {number_format(cuantos, force_grouping=True)}." for que, cuantos in partidas
    )


def esperar_turno():
    """Una importación a la vez: el resto espera a que esta confirme o se deshaga.

    Debe llamarse dentro de una transacción. En SQLite basta con que sea IMMEDIATE.
    """
    list(Zona.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def exigir_aprobada(vista, aprobada):
    """Lanza VistaCambiada si se aprobó otra vista; `aprobada` None es no haber aprobado ninguna."""
    if aprobada is not None and aprobada != vista.huella:
        raise VistaCambiada(vista)
