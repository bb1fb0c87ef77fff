"""Verbos de los grupos y su seguimiento: escrituras con autor, atómicas y con su historia."""

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from territorios.models import Gad
from territorios.versiones import Conflicto, bloquear, guardar_con_version

from .avisos import avisar_consulta
from .lineas import conteo_de
from .models import (
    Acuerdo,
    CumplimientoHito,
    Estrategia,
    Grupo,
    HitoGrupo,
    LineaProgramatica,
    Membresia,
)


class AcuerdoCerrado(Exception):
    """Un acuerdo cumplido o cancelado no admite más avances; se abre otro."""


class GrupoCerrado(Exception):
    """Un grupo cerrado o cancelado ya no cambia, o no pasa al estado pedido."""


class YaExiste(Exception):
    """Ya hay otro igual y abierto: lo usual es un doble envío. `existente` es el que hay."""

    def __init__(self, existente):
        super().__init__(f"Ya existe «{existente}».")
        self.existente = existente

    @property
    def grupo(self):
        """El que existe, para quien forma un grupo."""
        return self.existente


# --- Grupos -------------------------------------------------------------------------------------


@transaction.atomic
def formar_grupo(grupo, *, gads, secundarios, fecha, por):
    """Numera el grupo dentro de su estrategia y lo guarda, propuesto, con sus miembros.

    `gads` son códigos; todos son miembros desde `fecha`. Lanza YaExiste.
    """
    bloquear_estrategia(grupo.estrategia_id)
    _exigir_unico(grupo)
    de_la_estrategia = Grupo.objects.filter(estrategia=grupo.estrategia_id)
    grupo.numero = (de_la_estrategia.aggregate(n=Max("numero"))["n"] or 0) + 1
    grupo.estado = Grupo.Estado.PROPUESTO
    grupo._history_user = por
    grupo.save()
    grupo.criterios_secundarios.set(secundarios)
    _entran(grupo, gads, fecha, por)
    return grupo


@transaction.atomic
def cambiar_grupo(grupo, *, gads, secundarios, fecha, motivo, por, version):
    """Guarda los datos del grupo y deja como miembros exactamente a `gads`.

    Quien entra lo hace en `fecha` y quien sale lo hace ese día, con el `motivo`. Lanza Conflicto
    si otra persona lo cambió, GrupoCerrado si ya no admite cambios y YaExiste.
    """
    bloquear_estrategia(grupo.estrategia_id)
    _exigir_unico(grupo)
    _exigir_grupo_abierto(bloquear(Grupo, grupo.pk, version))
    grupo._history_user = por
    guardar_con_version(grupo, version)
    grupo.criterios_secundarios.set(secundarios)
    actuales = {membresia.gad_id for membresia in grupo.membresias.en_curso()}
    _salen(grupo, actuales - set(gads), fecha, motivo, por)
    _entran(grupo, set(gads) - actuales, fecha, por)
    return grupo


@transaction.atomic
def mover_miembros(origen, destino, gads, *, fecha, motivo, justificaciones, por, version):
    """Pasa GAD de un grupo a otro en `fecha`; la provincia que era del origen los sigue.

    `version` es la del origen. `justificaciones` va por clave de grupo: por qué siguen juntos los
    que dejan de ser un territorio continuo. Lanza Conflicto y GrupoCerrado.
    """
    # Siempre en el mismo orden: dos traslados cruzados se esperan en vez de trabarse.
    bloqueados = {pk: bloquear(Grupo, pk) for pk in sorted([origen.pk, destino.pk])}
    origen = bloquear(Grupo, origen.pk, version)
    destino = bloqueados[destino.pk]
    _exigir_grupo_abierto(origen)
    _exigir_grupo_abierto(destino)
    miembros = {m.gad_id for m in origen.membresias.en_curso()}
    estan = {m.gad_id for m in destino.membresias.en_curso()}
    salen, pasan = provincias_que_siguen(miembros, gads)
    _salen(origen, {*gads, *salen}, fecha, motivo, por)
    _entran(destino, {*gads, *pasan} - estan, fecha, por)
    for grupo in (origen, destino):
        grupo.justificacion = grupo.justificacion or justificaciones.get(grupo.pk, "")
        grupo._history_user, grupo._change_reason = por, "Traslado de miembros"
        guardar_con_version(grupo, grupo.version)


def provincias_que_siguen(miembros, gads):
    """(las que dejan el origen, las que entran al destino) cuando pasan esos GAD.

    Entra la provincia de quienes pasan, si era del origen; y lo deja si ahí no le quedan cantones.
    """
    pasan = {codigo[:2] for codigo in gads} & set(miembros)
    quedan = {codigo[:2] for codigo in set(miembros) - set(gads) if len(codigo) > 2}
    return pasan - quedan, pasan


def bloquear_estrategia(pk):
    """Pone en fila a quienes forman grupos a la vez; dentro de una transacción."""
    Estrategia.objects.select_for_update().get(pk=pk)


def _exigir_unico(grupo):
    otros = Grupo.objects.filter(estrategia=grupo.estrategia_id).vivos().exclude(pk=grupo.pk)
    iguales = Q(nombre=grupo.nombre)
    if grupo.retoma_id:
        iguales |= Q(retoma=grupo.retoma_id)
    if igual := otros.filter(iguales).first():
        raise YaExiste(igual)


def _exigir_grupo_abierto(grupo):
    if not grupo.esta_abierto:
        raise GrupoCerrado(f"{grupo} está {grupo.get_estado_display().lower()}: ya no cambia.")


def _entran(grupo, codigos, desde, por):
    nuevas = [Membresia(grupo=grupo, gad_id=codigo, desde=desde) for codigo in sorted(codigos)]
    if nuevas:
        bulk_create_with_history(nuevas, Membresia, default_user=por)


def _salen(grupo, codigos, hasta, motivo, por):
    """Cierra sus membresías; la que empezó ese día fue un error: se borra y deja historia."""
    cerradas = []
    for membresia in grupo.membresias.en_curso().filter(gad__in=codigos):
        if membresia.desde >= hasta:
            membresia._history_user, membresia._change_reason = por, motivo
            membresia.delete()
        else:
            membresia.hasta, membresia.motivo = hasta, motivo
            cerradas.append(membresia)
    if cerradas:
        bulk_update_with_history(cerradas, Membresia, ["hasta", "motivo"], default_user=por)


@transaction.atomic
def cambiar_estado(grupo, estado, *, motivo, por, version):
    """Pasa el grupo a otro estado, con su motivo. Lanza Conflicto y GrupoCerrado."""
    grupo = bloquear(Grupo, grupo.pk, version)
    if estado not in Grupo.PASOS[grupo.estado]:
        actual, pedido = grupo.get_estado_display().lower(), Grupo.Estado(estado).label.lower()
        raise GrupoCerrado(f"{grupo} está {actual}: no pasa a {pedido}.")
    grupo.estado, grupo.motivo = estado, motivo
    grupo._history_user, grupo._change_reason = por, Grupo.Estado(estado).label
    return guardar_con_version(grupo, version)


# --- Acuerdos -----------------------------------------------------------------------------------


@transaction.atomic
def crear_acuerdo(acuerdo, partes, *, por):
    """Numera el acuerdo dentro de su grupo y lo guarda con sus partes. Lanza YaExiste."""
    # El bloqueo del grupo pone en fila a dos personas que acuerdan a la vez.
    Grupo.objects.select_for_update(of=("self",)).get(pk=acuerdo.grupo_id)
    del_grupo = Acuerdo.objects.filter(grupo=acuerdo.grupo_id)
    iguales = del_grupo.abiertos().filter(
        texto=acuerdo.texto,
        responsable_gad=acuerdo.responsable_gad_id,
        responsable_entidad=acuerdo.responsable_entidad_id,
    )
    if igual := iguales.first():
        raise YaExiste(igual)
    acuerdo.numero = (del_grupo.aggregate(n=Max("numero"))["n"] or 0) + 1
    acuerdo._history_user = por
    acuerdo.save()
    acuerdo.partes.set(partes)
    return acuerdo


@transaction.atomic
def anotar_avance(avance, *, por, version):
    """Guarda el avance y deja el acuerdo en el estado que dice.

    Lanza Conflicto si otra persona cambió el acuerdo y AcuerdoCerrado si ya no está abierto.
    """
    acuerdo = bloquear(Acuerdo, avance.acuerdo_id, version)
    _exigir_abierto(acuerdo)
    avance.por = avance._history_user = por
    avance.save()
    acuerdo.estado = avance.estado
    acuerdo._history_user, acuerdo._change_reason = por, "Avance"
    return guardar_con_version(acuerdo, version)


@transaction.atomic
def cancelar_acuerdo(acuerdo, *, por, motivo, version):
    """Cancela con motivo. Lanza Conflicto o AcuerdoCerrado."""
    acuerdo = bloquear(Acuerdo, acuerdo.pk, version)
    _exigir_abierto(acuerdo)
    acuerdo.estado, acuerdo.motivo = Acuerdo.Estado.CANCELADO, motivo
    acuerdo._history_user, acuerdo._change_reason = por, "Cancelación"
    return guardar_con_version(acuerdo, version)


def _exigir_abierto(acuerdo):
    if acuerdo.estado not in Acuerdo.ABIERTOS:
        estado = acuerdo.get_estado_display().lower()
        raise AcuerdoCerrado(f"El acuerdo está {estado}: ya no se cambia.")


# --- Hoja de ruta -------------------------------------------------------------------------------


@transaction.atomic
def fijar_hoja_de_ruta(grupo, fechas, *, por, version):
    """Pone en la hoja de ruta `fechas`: {Hito: (inicio, meta)}, o None para sacarlo de ella.

    Los hitos que `fechas` calla quedan como estaban, y uno con cumplimientos no sale: lo cumplido
    se conserva. La versión es la del grupo: lanza Conflicto si otra persona lo cambió, o cambió
    su hoja, desde que se leyó.
    """
    grupo = bloquear(Grupo, grupo.pk, version)
    actuales = {uno.hito_id: uno for uno in grupo.hitos.all()}
    cambios = [
        _sacar_hito(actuales.get(hito.pk), por)
        if pedido is None
        else _poner_hito(actuales.get(hito.pk) or HitoGrupo(grupo=grupo, hito=hito), pedido, por)
        for hito, pedido in fechas.items()
    ]
    if any(cambios):
        grupo._history_user, grupo._change_reason = por, "Hoja de ruta"
        guardar_con_version(grupo, version)


def _poner_hito(uno, pedido, por):
    """Guarda el hito con sus fechas si cambió algo, y dice si cambió."""
    if uno.pk and (uno.fecha_inicio, uno.fecha_meta) == pedido:
        return False
    uno.fecha_inicio, uno.fecha_meta = pedido
    uno._history_user = por
    uno.save()
    return True


def _sacar_hito(uno, por):
    """Lo borra si estaba y nadie lo ha cumplido, y dice si lo borró."""
    if uno is None or uno.cumplimientos.exists():
        return False
    uno._history_user = por
    uno.delete()
    return True


@transaction.atomic
def anotar_cumplimiento(cumplimiento, *, por, version):
    """Anota, o corrige, que un GAD cumplió un hito de su grupo.

    Lanza Conflicto si otra persona lo anotó o lo corrigió desde que se leyó.
    """
    cumplimiento.por = cumplimiento._history_user = por
    if cumplimiento.pk:
        return guardar_con_version(cumplimiento, version)
    # El bloqueo del hito pone en fila a dos personas que anotan lo mismo por primera vez.
    bloquear(HitoGrupo, cumplimiento.hito_id)
    iguales = CumplimientoHito.objects.filter(hito=cumplimiento.hito, gad=cumplimiento.gad)
    if otro := iguales.first():
        raise Conflicto(otro)
    cumplimiento.version = 1
    cumplimiento.save()
    return cumplimiento


# --- Líneas programáticas -------------------------------------------------------------------------


class LineaCerrada(Exception):
    """El estado de la línea ya no admite lo que se pidió."""


class ConsultaMovida(Exception):
    """La consulta cambió mientras alguien decidía: el texto, o lo que dicen los GAD."""


class LoDijoElGad(Exception):
    """El GAD se pronunció por sí mismo: la zona no lo corrige."""

    def __init__(self, gad):
        super().__init__(
            f"{gad.nombre} ya se pronunció por sí mismo sobre este texto: solo ese GAD lo cambia."
        )


@transaction.atomic
def definir_linea(linea, *, por):
    """Numera la línea dentro de su estrategia y provincia y la guarda en borrador.

    Lanza YaExiste si la provincia tiene otra, sin retirar, con ese nombre en ese eje.
    """
    linea.clean()
    # El bloqueo de la provincia pone en fila a dos personas que definen a la vez.
    Gad.objects.select_for_update(of=("self",)).get(pk=linea.provincia_id)
    hermanas = LineaProgramatica.objects.filter(
        estrategia=linea.estrategia_id, provincia=linea.provincia_id
    )
    sin_retirar = hermanas.exclude(estado=LineaProgramatica.Estado.RETIRADA)
    if igual := sin_retirar.filter(nombre=linea.nombre, eje=linea.eje_id).first():
        raise YaExiste(igual)
    linea.numero = (hermanas.aggregate(n=Max("numero"))["n"] or 0) + 1
    linea._history_user = por
    linea.save()
    return linea


@transaction.atomic
def editar_linea(linea, *, por, version):
    """Guarda lo tecleado. Si estaba en consulta y cambia lo consultado, se vuelve a consultar.

    Lanza Conflicto si otra persona la cambió y LineaCerrada si ya no se edita.
    """
    actual = bloquear(LineaProgramatica, linea.pk, version)
    _exigir_estado(actual, *LineaProgramatica.EDITABLES)
    linea.clean()
    cambio = any(getattr(actual, c) != getattr(linea, c) for c in LineaProgramatica.CONSULTADO)
    if actual.esta_en_consulta and cambio:
        linea.abrir_consulta()
        linea._change_reason = "El texto cambió: se vuelve a consultar"
    linea._history_user = por
    guardar_con_version(linea, version)
    if actual.esta_en_consulta and cambio:
        avisar_consulta(linea, por=por)
    return linea


@transaction.atomic
def poner_en_consulta(linea, *, por, version):
    """La abre a los GAD de la provincia. Lanza Conflicto o LineaCerrada."""
    linea = bloquear(LineaProgramatica, linea.pk, version)
    _exigir_estado(linea, LineaProgramatica.Estado.BORRADOR)
    linea.abrir_consulta()
    linea._history_user, linea._change_reason = por, "Puesta en consulta"
    guardar_con_version(linea, version)
    avisar_consulta(linea, por=por)
    return linea


@transaction.atomic
def pronunciarse(dicho, *, por, ronda, version):
    """Deja lo que dice un GAD sobre el texto `ronda` de una línea; uno por GAD y texto.

    `version` es la del pronunciamiento que se corrige, o 0 si es el primero. Repetir el mismo
    envío no escribe otra vez. Lanza LineaCerrada, ConsultaMovida si el texto ya es otro,
    LoDijoElGad si se transcribe sobre lo que dijo el propio GAD, y Conflicto si alguien habló
    antes por él.
    """
    linea = bloquear(LineaProgramatica, dicho.linea_id)
    _exigir_estado(linea, LineaProgramatica.Estado.EN_CONSULTA)
    if linea.ronda != ronda:
        raise ConsultaMovida(
            "La provincia cambió el texto mientras usted escribía: léalo de nuevo."
        )
    guardado = linea.pronunciamientos.filter(gad=dicho.gad_id, ronda=ronda).first()
    if guardado and guardado.dice_lo_mismo(dicho):
        return guardado
    if guardado and guardado.es_del_gad and not dicho.es_del_gad:
        raise LoDijoElGad(dicho.gad)
    if guardado and guardado.version != version:
        raise Conflicto(guardado)
    dicho.ronda = ronda
    dicho.por = dicho._history_user = por
    if guardado:
        return guardar_con_version(dicho, version)
    dicho.save()
    return dicho


@transaction.atomic
def adoptar_linea(linea, *, por, motivo, vistos, version):
    """Adopta la línea; con observaciones o silencios, solo con motivo escrito.

    `vistos`: la huella del Conteo que leyó quien adopta; si llegó otro pronunciamiento, lanza
    ConsultaMovida. Lanza también Conflicto y LineaCerrada.
    """
    # Mientras se adopta nadie se pronuncia: los dos esperan el bloqueo de la misma línea.
    linea = bloquear(LineaProgramatica, linea.pk, version)
    _exigir_estado(linea, LineaProgramatica.Estado.EN_CONSULTA)
    conteo = conteo_de(linea)
    if conteo.huella != vistos or not (conteo.todos_validan or motivo):
        raise ConsultaMovida("Llegó otro pronunciamiento mientras usted decidía: revíselo.")
    linea.estado, linea.motivo_adopcion = LineaProgramatica.Estado.ADOPTADA, motivo
    linea.fecha_adopcion = timezone.localdate()
    linea._history_user, linea._change_reason = por, "Adopción"
    return guardar_con_version(linea, version)


@transaction.atomic
def retirar_linea(linea, *, por, motivo, version):
    """Retira con motivo, también una adoptada. Lanza Conflicto o LineaCerrada."""
    linea = bloquear(LineaProgramatica, linea.pk, version)
    Estado = LineaProgramatica.Estado
    _exigir_estado(linea, Estado.BORRADOR, Estado.EN_CONSULTA, Estado.ADOPTADA)
    linea.estado, linea.motivo = Estado.RETIRADA, motivo
    linea._history_user, linea._change_reason = por, "Retiro"
    return guardar_con_version(linea, version)


def _exigir_estado(linea, *estados):
    if linea.estado not in estados:
        estado = linea.get_estado_display().lower()
        raise LineaCerrada(f"La línea está {estado}: eso ya no se puede hacer.")
