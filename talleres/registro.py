"""Verbos del registro: quién asistió a un encuentro, con autor, versión e historia.

Nada se registra en un encuentro cancelado ni antes de su día: anotar a quien todavía no llega
confundiría la convocatoria con la asistencia.
"""

from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from simple_history.utils import bulk_create_with_history

from territorios.versiones import bloquear, guardar_con_version

from .acciones import NoProcede
from .models import Encuentro, Participante

CAMPOS = (
    *("nombre", "cargo", "gad", "organizacion", "nivel", "sexo", "correo", "telefono"),
    *("consentimiento", "consentimiento_fecha", "es_otra_persona"),
)


def exigir_registro(encuentro):
    """Lanza NoProcede, con el porqué, si en ese encuentro todavía no (o ya no) se registra."""
    if encuentro.estado == Encuentro.Estado.CANCELADO:
        raise NoProcede("El encuentro se canceló: no se registra a nadie en él.")
    if not encuentro.admite_registro:
        cuando = date_format(encuentro.fecha, "DATE_FORMAT")
        raise NoProcede(f"El encuentro es el {cuando}: se registra desde ese día.")


@transaction.atomic
def registrar(encuentro, datos, *, via, por, clave_envio):
    """Registra a una persona y devuelve (participante, ya_estaba).

    `datos`: {campo: valor} de los de `CAMPOS`; con GAD, el nivel se deduce de él. `por`: quién
    escribe, o None si la persona se registra sola. El mismo `clave_envio` otra vez no crea otra
    fila: devuelve la primera como está. Lanza NoProcede y ValidationError.
    """
    # Quien llega a la vez con la misma clave espera aquí, y al pasar ya ve la fila del primero.
    encuentro = bloquear(Encuentro, encuentro.pk)
    anterior = Participante.objects.filter(clave_envio=clave_envio).first()
    if anterior:
        return _el_mismo(anterior, encuentro), True
    exigir_registro(encuentro)
    participante = preparar(encuentro, datos, via=via, clave_envio=clave_envio)
    participante._history_user = por
    participante.save()
    return participante, False


def preparar(encuentro, datos, *, via, clave_envio=None):
    """El participante con esos datos, validado y sin guardar. Sin consultas.

    Lanza ValidationError.
    """
    participante = Participante(
        encuentro=encuentro, via=via, clave_envio=clave_envio or uuid4(), **_completos(datos)
    )
    _validar(participante)
    return participante


@transaction.atomic
def registrar_varios(encuentro, filas, *, via, por):
    """Registra a todas las personas de `filas` (una lista de `datos`) o a ninguna.

    Cada fila puede traer su `clave_envio`: las que ya están no se repiten. Devuelve las que se
    crearon. Lanza NoProcede y ValidationError.
    """
    encuentro = bloquear(Encuentro, encuentro.pk)
    exigir_registro(encuentro)
    claves = [fila["clave_envio"] for fila in filas if fila.get("clave_envio")]
    ya = set(
        Participante.objects.filter(clave_envio__in=claves).values_list("clave_envio", flat=True)
    )
    nuevos = []
    for fila in filas:
        clave = fila.get("clave_envio")
        if clave not in ya:
            nuevos.append(preparar(encuentro, fila, via=via, clave_envio=clave))
    if nuevos:
        bulk_create_with_history(nuevos, Participante, default_user=por)
    return nuevos


@transaction.atomic
def corregir(participante, datos, *, por, version):
    """Guarda los datos corregidos. Lanza Conflicto, NoProcede y ValidationError.

    A quien retira su consentimiento se le borran los datos también del historial.
    """
    actual = bloquear(Participante, participante.pk, version)
    if actual.suprimido:
        raise NoProcede("Los datos de esta persona se suprimieron a su pedido: ya no se corrigen.")
    for campo, valor in _completos(datos).items():
        setattr(actual, campo, valor)
    _validar(actual)
    actual._history_user = por
    guardar_con_version(actual, version)
    if not actual.consiente:
        _olvidar(actual.pk)
    return actual


@transaction.atomic
def distinguir(participante, *, por, version):
    """Anota que es otra persona, aunque se parezca a alguien de la nómina. Lanza Conflicto."""
    actual = bloquear(Participante, participante.pk, version)
    actual.es_otra_persona = True
    actual._history_user = por
    actual._change_reason = "Es otra persona"
    return guardar_con_version(actual, version)


@transaction.atomic
def quitar(participante, *, por, version):
    """Quita de la nómina a quien no asistió o está repetido.

    En la historia quedan quién y cuándo, sin los datos personales: quien ya no está en la nómina
    no tendría dónde pedir que se supriman.
    """
    actual = bloquear(Participante, participante.pk, version)
    actual._history_user = por
    actual._change_reason = "Se quita de la nómina"
    actual.delete()
    _olvidar(participante.pk)


@transaction.atomic
def suprimir(participante, *, por, motivo):
    """Borra los datos personales, también del historial; la persona se sigue contando.

    Se conservan el nivel, el sexo y el GAD. `motivo` no debe nombrar a la persona: queda escrito.
    """
    actual = bloquear(Participante, participante.pk)
    if not motivo.strip():
        raise ValidationError({"motivo": "Escriba por qué se suprimen los datos."})
    for campo, valor in _sin_datos().items():
        setattr(actual, campo, valor)
    actual.suprimido = actual.suprimido or timezone.now()
    actual._history_user = por
    actual._change_reason = f"Supresión: {motivo.strip()}"[:100]
    guardar_con_version(actual, actual.version)
    _olvidar(actual.pk)
    return actual


def _sin_datos():
    return dict.fromkeys(Participante.PERSONALES, "") | {"consentimiento_fecha": None}


def _olvidar(pk):
    """Borra del historial los datos personales; el correo y el teléfono nunca estuvieron."""
    campos = {campo.name for campo in Participante.historia.model._meta.fields}
    vacios = {campo: valor for campo, valor in _sin_datos().items() if campo in campos}
    Participante.historia.filter(id=pk).update(**vacios)


def _validar(participante):
    """Las reglas de la fila, sin consultas: en una hoja de 500 se repiten 500 veces."""
    participante.clean_fields(exclude=["encuentro", "gad", "clave_envio"])
    participante.clean()


def _el_mismo(anterior, encuentro):
    """La fila de ese envío; una clave usada en otro encuentro no dice nada de él."""
    if anterior.encuentro_id != encuentro.pk:
        raise NoProcede("Ese envío no es de este encuentro: vuelva a abrir la página.")
    return anterior


def _completos(datos):
    """Los datos que se guardan; con GAD, el nivel es el suyo y no hay otra entidad."""
    completos = {campo: datos[campo] for campo in CAMPOS if campo in datos}
    gad = completos.get("gad")
    if gad:
        completos |= {"nivel": Participante.Nivel.de(gad), "organizacion": ""}
    return completos
