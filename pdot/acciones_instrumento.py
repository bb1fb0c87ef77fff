"""Verbos del instrumento de evaluación: se edita mientras es borrador; publicado, se congela.

Todos bloquean el instrumento antes de mirar si se publicó: publicar y editar no se cruzan.
"""

from collections import Counter

from django.db import IntegrityError, transaction
from django.db.models import Max

from territorios.versiones import bloquear, guardar_con_version

from .acciones import NoProcede
from .models import Instrumento, Pregunta, Seccion

PUBLICADO = "Publicado por la central."
ARRIBA, ABAJO = "arriba", "abajo"
DE_SECCION = ("codigo", "orden", "clase", "titulo", "mide", "ayuda", "obligatoria")
DE_PREGUNTA = ("codigo", "orden", "tipo", "texto", "componente", "criterio", "ayuda")
DE_PREGUNTA += ("obligatoria", "niveles", "fuente")


class Congelado(NoProcede):
    """El instrumento ya se publicó: lo respondido con él no se reescribe."""

    def __init__(self, instrumento):
        super().__init__(
            f"La versión {instrumento.numero} ya se publicó y no cambia: cree otra copiándola."
        )


class YaHayBorrador(NoProcede):
    """Hay una versión sin publicar: dos a la vez no se sabría cuál vale. `borrador`: cuál."""

    def __init__(self, borrador):
        super().__init__(
            f"La versión {borrador.numero} está sin publicar: termínela o quítela antes de crear "
            "otra."
        )
        self.borrador = borrador


def instrumento_de(cosa):
    """El instrumento de una sección o pregunta, o él mismo."""
    if isinstance(cosa, Pregunta):
        return cosa.seccion.instrumento
    return cosa.instrumento if isinstance(cosa, Seccion) else cosa


def bloquear_borrador(cosa):
    """El instrumento de `cosa`, bloqueado. Lanza Congelado si se publicó."""
    instrumento = bloquear(Instrumento, instrumento_de(cosa).pk)
    if instrumento.publicado:
        raise Congelado(instrumento)
    return instrumento


# --- Crear y guardar ----------------------------------------------------------------------------


@transaction.atomic
def crear_version(origen, *, por):
    """Copia un instrumento, con sus secciones y preguntas, al número que sigue, sin publicar.

    Lanza YaHayBorrador.
    """
    origen = bloquear(Instrumento, origen.pk)
    if borrador := Instrumento.objects.filter(publicado=False).first():
        raise YaHayBorrador(borrador)
    numero = Instrumento.objects.aggregate(ultimo=Max("numero"))["ultimo"] + 1
    nuevo = Instrumento(numero=numero, nombre=origen.nombre, fuente=origen.fuente)
    try:
        with transaction.atomic():
            _firmar(nuevo, f"Copia de la versión {origen.numero}", por).save()
    except IntegrityError as error:
        # Otra persona copió al mismo tiempo una versión distinta.
        raise YaHayBorrador(Instrumento.objects.get(numero=numero)) from error
    for seccion in origen.secciones.prefetch_related("preguntas"):
        _copiar_seccion(seccion, nuevo, por)
    return nuevo


def _copiar_seccion(seccion, instrumento, por):
    nueva = Seccion(instrumento=instrumento, **{c: getattr(seccion, c) for c in DE_SECCION})
    _firmar(nueva, "", por).save()
    for pregunta in seccion.preguntas.all():
        datos = {campo: getattr(pregunta, campo) for campo in DE_PREGUNTA}
        _firmar(Pregunta(seccion=nueva, **datos), "", por).save()


@transaction.atomic
def guardar_del_instrumento(form, *, por):
    """Guarda lo tecleado del instrumento, una sección o una pregunta; lo nuevo va al final.

    Lanza Congelado, Conflicto o NoProcede (el código se repite en otra sección).
    """
    cosa = form.instance
    instrumento = bloquear_borrador(cosa)
    if isinstance(cosa, Pregunta):
        _exigir_codigo_libre(cosa, instrumento)
    if cosa._state.adding:
        cosa.orden = (hermanas_de(cosa).aggregate(ultimo=Max("orden"))["ultimo"] or 0) + 1
    _firmar(cosa, "", por)
    return form.guardar()


def _exigir_codigo_libre(pregunta, instrumento):
    otras = Pregunta.objects.filter(seccion__instrumento=instrumento).exclude(pk=pregunta.pk)
    if otras.filter(codigo__iexact=pregunta.codigo).exists():
        raise NoProcede(f"Ya hay una pregunta {pregunta.codigo} en esta versión: use otro código.")


def hermanas_de(cosa):
    """Las secciones del mismo instrumento, o las preguntas de la misma sección, en orden."""
    if isinstance(cosa, Pregunta):
        return Pregunta.objects.filter(seccion=cosa.seccion_id).order_by("orden", "pk")
    return Seccion.objects.filter(instrumento=cosa.instrumento_id).order_by("orden", "pk")


# --- Ordenar y quitar ---------------------------------------------------------------------------


@transaction.atomic
def mover(cosa, hacia, *, version, por):
    """Sube o baja un lugar una sección o una pregunta entre sus hermanas; dice si se movió.

    `version`: la que se leyó de `cosa`; un segundo clic sobre la misma página no la mueve dos
    veces. Lanza Congelado o Conflicto.
    """
    bloquear_borrador(cosa)
    cosa = bloquear(type(cosa), cosa.pk, version)
    filas = list(hermanas_de(cosa))
    estaba = filas.index(cosa)
    queda = estaba + (-1 if hacia == ARRIBA else 1)
    if not 0 <= queda < len(filas):
        return False
    filas.insert(queda, filas.pop(estaba))
    for orden, fila in enumerate(filas, start=1):
        if fila.orden != orden or fila == cosa:
            fila.orden = orden
            guardar_con_version(_firmar(fila, "Cambio de orden", por), fila.version)
    return True


@transaction.atomic
def quitar_del_instrumento(cosa, *, version, por):
    """Quita una pregunta, una sección sin preguntas o un borrador entero; queda en la historia.

    Lanza Congelado, Conflicto, o NoProcede si la sección tiene preguntas.
    """
    bloquear_borrador(cosa)
    cosa = bloquear(type(cosa), cosa.pk, version)
    if isinstance(cosa, Seccion) and cosa.preguntas.exists():
        raise NoProcede(f"Quite primero las preguntas de «{cosa}»: así no se borran sin querer.")
    _firmar(cosa, "Quitado por la central", por).delete()


# --- Publicar -----------------------------------------------------------------------------------


def faltas_para_publicar(instrumento):
    """Lo que le falta a un borrador para publicarse, en frases; vacía si está listo."""
    secciones = list(instrumento.secciones.prefetch_related("preguntas"))
    preguntas = [p for seccion in secciones for p in seccion.preguntas.all()]
    if not preguntas:
        return ["no tiene preguntas."]
    faltas = [
        f"la sección «{seccion}» no tiene preguntas."
        for seccion in secciones
        if not seccion.es_hoja and not seccion.preguntas.all()
    ]
    if not any(seccion.clase == Seccion.Clase.VISION for seccion in secciones):
        faltas.append("le falta la hoja «Nueva visión y problemas».")
    veces = Counter(pregunta.codigo.lower() for pregunta in preguntas)
    repetidos = sorted({p.codigo for p in preguntas if veces[p.codigo.lower()] > 1})
    if repetidos:
        faltas.append(f"se repite el código {', '.join(repetidos)}.")
    return faltas


@transaction.atomic
def publicar_instrumento(pk, por, version=None):
    """Lo publica y lo congela; devuelve por qué no se pudo, o None. Lanza Conflicto."""
    instrumento = bloquear(Instrumento, pk, version)
    if instrumento.publicado:
        return "ya estaba publicado."
    if faltas := faltas_para_publicar(instrumento):
        return " ".join(faltas)
    instrumento.publicado = True
    guardar_con_version(_firmar(instrumento, PUBLICADO, por), instrumento.version)
    return None


def _firmar(fila, motivo, por):
    fila._history_user = por
    fila._change_reason = motivo or None
    return fila
