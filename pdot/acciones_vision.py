"""Verbos de la visión circunvecina. Cada uno espera el bloqueo del grupo: dos personas que deciden
a la vez lo hacen una tras otra, y la segunda se entera.
"""

from django.db import transaction
from django.db.models import Max
from simple_history.utils import bulk_create_with_history

from acompanamiento.models import Grupo
from territorios.texto import sin_tildes
from territorios.versiones import Conflicto, bloquear, guardar_con_version

from .acciones import NoProcede
from .models import ElementoVision, Pertenencia, TemaDeVision, VisionCircunvecina

Estado = TemaDeVision.Estado


class YaEnOtroTema(NoProcede):
    """Alguien ya puso un elemento en otro tema. `tema`: en cuál."""

    def __init__(self, texto, tema):
        super().__init__(f"«{texto}» ya está en el tema «{tema}»: quítelo de uno de los dos.")
        self.tema = tema


# --- Temas --------------------------------------------------------------------------------------


@transaction.atomic
def confirmar_tema(grupo, nombre, piezas, *, por):
    """Crea el tema con esas piezas. Lanza NoProcede y YaEnOtroTema."""
    grupo = _abrir(grupo.pk)
    _exigir_nombre_libre(grupo, nombre)
    tema = _crear(grupo, nombre, Estado.CONFIRMADO, por)
    _agregar(tema, piezas, por)
    return tema


@transaction.atomic
def rechazar_propuesta(grupo, nombre, piezas, *, por):
    """Deja dicho que esas piezas no son un tema: no se vuelven a proponer juntas."""
    grupo = _abrir(grupo.pk)
    _exigir_sueltas(grupo, piezas)
    textos = {sin_tildes(pieza.texto) for pieza in piezas}
    for otro in _temas(grupo, Estado.RECHAZADO):
        if {sin_tildes(dicha.texto) for dicha in otro.pertenencias.all()} == textos:
            return otro
    tema = _crear(grupo, nombre, Estado.RECHAZADO, por)
    _agregar(tema, piezas, por)
    return tema


@transaction.atomic
def cambiar_tema(tema, *, nombre, quedan, piezas, por, version):
    """Renombra, quita y agrega. `quedan`: las Pertenencia que siguen.

    Lanza Conflicto, NoProcede y YaEnOtroTema.
    """
    grupo, tema = _abrir_tema(tema, version)
    _exigir_nombre_libre(grupo, nombre, salvo=tema)
    if not quedan and not piezas:
        raise NoProcede("Un tema recoge al menos un elemento: si ya no vale, retírelo.")
    siguen = {dicha.pk for dicha in quedan}
    for dicha in tema.pertenencias.all():
        if dicha.pk not in siguen:
            _borrar(dicha, por)
    _agregar(tema, piezas, por)
    tema.nombre = nombre
    return _guardar(tema, version, por)


@transaction.atomic
def separar_tema(tema, *, apartados, nombre, por, version):
    """Pasa esas Pertenencia a un tema nuevo. Lanza Conflicto y NoProcede."""
    grupo, tema = _abrir_tema(tema, version)
    _exigir_nombre_libre(grupo, nombre)
    if len(apartados) == tema.pertenencias.count():
        raise NoProcede("Son todos los elementos del tema: para eso basta con cambiarle el nombre.")
    nuevo = _crear(grupo, nombre, Estado.CONFIRMADO, por)
    for dicha in apartados:
        dicha.tema, dicha._history_user = nuevo, por
        dicha.save()
    _guardar(tema, version, por)
    return nuevo


@transaction.atomic
def juntar_temas(tema, en, *, por, version):
    """Pasa a `en` todo lo de `tema`, que queda como juntado. Lanza Conflicto y NoProcede."""
    _, tema = _abrir_tema(tema, version)
    en = bloquear(TemaDeVision, en.pk)
    if en.pk == tema.pk or en.estado != Estado.CONFIRMADO or en.grupo_id != tema.grupo_id:
        raise NoProcede("Ese tema ya no está confirmado: elija otro.")
    hay = set(en.pertenencias.values_list("gad", "texto"))
    for dicha in tema.pertenencias.all():
        if (dicha.gad_id, dicha.texto) in hay:
            continue
        dicha.tema, dicha._history_user = en, por
        dicha.save()
    tema.estado, tema.por = Estado.JUNTADO, por
    _guardar(tema, version, por, f"Se juntó a «{en.nombre}»")
    return _guardar(en, en.version, por, f"Se le juntó «{tema.nombre}»")


@transaction.atomic
def retirar_tema(tema, *, por, version):
    """Confirmado o rechazado, deja de valer y lo suyo vuelve a proponerse. Lanza Conflicto."""
    _abrir(tema.grupo_id)
    tema = bloquear(TemaDeVision, tema.pk, version)
    if tema.estado not in TemaDeVision.VIGENTES:
        raise NoProcede("El tema ya no estaba: otra persona lo retiró o lo juntó a otro.")
    tema.estado, tema.por = Estado.RETIRADO, por
    return _guardar(tema, version, por, "Se retiró")


def _abrir(pk):
    """El grupo bloqueado. Lanza NoProcede si no acompaña a nadie: sus elementos no se comparten."""
    grupo = bloquear(Grupo, pk)
    if not grupo.esta_conformado:
        estado = grupo.get_estado_display().lower()
        raise NoProcede(f"El grupo está {estado}: la visión se construye con el grupo conformado.")
    return grupo


def _abrir_tema(tema, version):
    grupo = _abrir(tema.grupo_id)
    tema = bloquear(TemaDeVision, tema.pk, version)
    if tema.estado != Estado.CONFIRMADO:
        raise NoProcede(f"El tema está {tema.get_estado_display().lower()} y ya no cambia.")
    return grupo, tema


def _temas(grupo, estado):
    return grupo.temas_de_vision.filter(estado=estado).prefetch_related("pertenencias")


def _exigir_nombre_libre(grupo, nombre, salvo=None):
    for otro in grupo.temas_de_vision.filter(estado=Estado.CONFIRMADO):
        if otro != salvo and sin_tildes(otro.nombre) == sin_tildes(nombre):
            raise NoProcede(f"El grupo ya tiene el tema «{otro.nombre}»: júntelos o cambie uno.")


def _exigir_sueltas(grupo, piezas, salvo=None):
    """Cada identidad (GAD, texto) está a lo más en un tema confirmado del grupo."""
    donde = {
        (dicha.gad_id, sin_tildes(dicha.texto)): tema
        for tema in _temas(grupo, Estado.CONFIRMADO)
        if tema != salvo
        for dicha in tema.pertenencias.all()
    }
    for pieza in piezas:
        if tomadas := [donde[una] for una in pieza.identidades if una in donde]:
            raise YaEnOtroTema(pieza.texto, tomadas[0])


def _exigir_que_esten(piezas):
    """Bloquea los elementos: alguien pudo deshacer el aporte de que nació uno de ellos."""
    claves = {pieza.elemento for pieza in piezas}
    filas = ElementoVision.objects.select_for_update(of=("self",)).filter(pk__in=claves)
    hay = set(filas.values_list("pk", flat=True))
    for pieza in piezas:
        if pieza.elemento not in hay:
            raise NoProcede(f"«{pieza.texto}» ya no está entre los elementos: desmárquelo.")


def _crear(grupo, nombre, estado, por):
    tema = TemaDeVision(grupo=grupo, nombre=nombre, estado=estado, por=por)
    tema._history_user = por
    tema.save()
    return tema


def _agregar(tema, piezas, por):
    _exigir_que_esten(piezas)
    _exigir_sueltas(tema.grupo, piezas, salvo=tema)
    hay = {(dicha.gad_id, sin_tildes(dicha.texto)) for dicha in tema.pertenencias.all()}
    # Dos elementos del mismo GAD pueden decir lo mismo: cuentan una vez.
    nuevas = {
        (gad, llano): Pertenencia(
            tema=tema, gad_id=gad, elemento_id=pieza.elemento, texto=pieza.texto
        )
        for pieza in piezas
        for gad, llano in sorted(pieza.identidades, key=str)
        if (gad, llano) not in hay
    }
    bulk_create_with_history(list(nuevas.values()), Pertenencia, default_user=por)


def _borrar(dicha, por):
    dicha._history_user = por
    dicha.delete()


def _guardar(fila, version, por, motivo=""):
    fila._history_user, fila._change_reason = por, motivo
    return guardar_con_version(fila, version)


# --- Visión -------------------------------------------------------------------------------------


@transaction.atomic
def guardar_redaccion(grupo, *, texto, temas, por, version):
    """Guarda la visión en redacción; si no hay, abre la siguiente (`version` 0).

    Lanza Conflicto si otra persona la abrió o la cambió, y NoProcede si ya se acordó.
    """
    grupo = _abrir(grupo.pk)
    abierta = grupo.visiones.filter(estado=VisionCircunvecina.Estado.BORRADOR).first()
    if abierta is None and version:
        raise NoProcede("La versión que usted corregía ya se acordó: abra otra para cambiarla.")
    if abierta is None:
        ultima = grupo.visiones.aggregate(n=Max("numero"))["n"] or 0
        abierta = VisionCircunvecina(grupo=grupo, numero=ultima + 1, texto=texto, por=por)
        abierta._history_user = por
        abierta.save()
    elif abierta.version != version:
        raise Conflicto(abierta)
    else:
        abierta.texto, abierta.por = texto, por
        _guardar(abierta, version, por)
    abierta._history_user = por
    abierta.temas.set(temas)
    return abierta


@transaction.atomic
def acordar_vision(vision, *, encuentro, fecha, por, version):
    """Da por acordado el texto, con su fecha y encuentro: ya no cambia. Lanza Conflicto."""
    _abrir(vision.grupo_id)
    vision = bloquear(VisionCircunvecina, vision.pk)
    if vision.estado == VisionCircunvecina.Estado.ACORDADA:
        raise NoProcede("Otra persona ya la dio por acordada.")
    if vision.version != version:
        raise Conflicto(vision)
    vision.estado = VisionCircunvecina.Estado.ACORDADA
    vision.encuentro, vision.fecha, vision.por = encuentro, fecha, por
    return _guardar(vision, version, por, "Se acordó")
