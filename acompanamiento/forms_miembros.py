"""Lo que se teclea para cambiar un grupo de estado y pasar a sus miembros a otro."""

from functools import cached_property

from django import forms
from django.utils import timezone

from territorios.texto import enumerar

from .acciones import provincias_que_siguen
from .forms_grupo import (
    QUIEN_LOS_CAMBIA,
    FechaDelCambio,
    Opcion,
    ajenos_a,
    ultima_entrada,
    ultima_salida,
)
from .mesa import Dictamen, Terreno
from .models import Grupo


class EstadoForm(forms.Form):
    """El paso a otro estado, con la versión leída y el motivo."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    estado = forms.ChoiceField(
        label="Pasa a",
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "A ese estado no se pasa desde el actual."},
    )
    motivo = forms.CharField(
        label="Motivo",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Obligatorio si se cancela o se vuelve a abrir.",
    )

    def __init__(self, *args, grupo, usuario, **kwargs):
        super().__init__(*args, **kwargs)
        self.grupo, self.usuario = grupo, usuario
        self.fields["estado"].choices = grupo.siguientes
        if len(grupo.siguientes) == 1:
            self.fields["estado"].initial = grupo.siguientes[0][0]

    def clean(self):
        datos = super().clean()
        estado = datos.get("estado")
        if self.grupo.pide_motivo(estado) and not datos.get("motivo", "").strip():
            self.add_error("motivo", "Escriba el motivo: queda en la historia del grupo.")
        if estado == Grupo.Estado.CONFORMADO and not (
            self.grupo.criterio_id and self.grupo.sede_id
        ):
            self.add_error("estado", "Para conformarlo, defina antes su criterio y su sede.")
        if estado == Grupo.Estado.CONFORMADO and not self._lo_aprueba_otra_zona():
            mensaje = (
                "El grupo cruza zonas: lo conforma la otra zona o la central, no quien lo propuso."
            )
            self.add_error("estado", mensaje)
        return datos

    def _lo_aprueba_otra_zona(self):
        """Conformarlo abre a cada zona lo aprobado de la otra: hace falta que las dos quieran."""
        if self.usuario.ve_el_pais or len(self.grupo.zonas_de_sus_cantones()) < 2:
            return True
        propuso = self.grupo.historia.earliest().history_user
        return propuso is None or propuso.zona_id != self.usuario.zona_id


class MoverForm(forms.Form):
    """GAD que pasan de un grupo a otro de la misma estrategia."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    gads = forms.MultipleChoiceField(
        label="GAD que pasan",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Marque al menos un GAD.",
            "invalid_choice": "%(value)s no es miembro del grupo.",
        },
    )
    destino = Opcion(
        Grupo.objects.none(),
        label="Pasan al",
        empty_label="Elija el grupo",
        error_messages={"invalid_choice": "Ese grupo no está abierto o no es de su jurisdicción."},
    )
    fecha = FechaDelCambio(label="Rige desde")
    motivo = forms.CharField(
        label="Motivo",
        max_length=250,
        error_messages={"required": "Escriba el motivo: queda en la historia de los dos grupos."},
    )
    justificacion = forms.CharField(
        label="Por qué siguen juntos sin ser un territorio continuo",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Solo si alguno de los dos grupos queda partido.",
    )

    def __init__(self, data=None, *, grupo, usuario, initial=None):
        super().__init__(data, initial={"fecha": timezone.localdate()} | (initial or {}))
        self.grupo = grupo
        self.terreno = Terreno(grupo.estrategia, grupo)
        self.usuario = usuario
        self.membresias = [m for m in self.terreno.membresias if m.esta_en_curso]
        miembros = Dictamen.de_miembros(self.terreno, (m.gad_id for m in self.membresias))
        # La provincia no se mueve a mano: sigue a sus cantones.
        self.fields["gads"].choices = [par for par in miembros.opciones if len(par[0]) > 2]
        destinos = Grupo.objects.editables_por(usuario).abiertos().exclude(pk=grupo.pk)
        self.fields["destino"].queryset = destinos.filter(estrategia=grupo.estrategia_id)

    @classmethod
    def tecleado(cls, datos):
        """Lo enviado, como valores iniciales: para ver qué toca antes de confirmar."""
        return {
            nombre: datos.getlist(nombre) if nombre == "gads" else datos[nombre]
            for nombre in cls.base_fields
            if nombre in datos
        }

    def renovar(self, actual):
        """Otra persona cambió el grupo: se dice y se sigue desde lo guardado, con lo tecleado."""
        motivo = (
            "Otra persona cambió el grupo mientras usted lo miraba: revise y confirme otra vez."
        )
        self.add_error(None, motivo)
        self.data = self.data.copy()
        self.data["version"] = actual.version

    @property
    def nombres_elegidos(self):
        opciones = dict(self.fields["gads"].choices)
        return enumerar(opciones[codigo] for codigo in self.elegidos)

    @cached_property
    def destino_elegido(self):
        """El grupo de destino marcado, aunque lo demás esté mal; None si falta o no vale."""
        try:
            return self.fields["destino"].clean(self["destino"].value())
        except forms.ValidationError:
            return None

    @property
    def elegidos(self):
        """Códigos marcados que de verdad son miembros, aunque lo demás esté mal."""
        posibles = dict(self.fields["gads"].choices)
        return [codigo for codigo in self["gads"].value() or [] if codigo in posibles]

    @cached_property
    def queda(self):
        """El Dictamen del grupo de origen sin los que pasan."""
        return Dictamen.de_miembros(self.terreno, self.actuales - {*self.elegidos, *self.salen})

    @cached_property
    def actuales(self):
        return {membresia.gad_id for membresia in self.membresias}

    @property
    def salen(self):
        """Las provincias que dejan el grupo con sus últimos cantones."""
        return provincias_que_siguen(self.actuales, self.elegidos)[0]

    @cached_property
    def del_destino(self):
        """Todas las membresías del destino elegido, también las pasadas."""
        return list(self.destino_elegido.membresias.all())

    @cached_property
    def llega(self):
        """El Dictamen del grupo de destino con los que pasan."""
        ahi = {m.gad_id for m in self.del_destino if m.esta_en_curso}
        pasan = provincias_que_siguen(self.actuales, self.elegidos)[1]
        return Dictamen.de_miembros(self.terreno, {*ahi, *self.elegidos, *pasan})

    def clean(self):
        datos = super().clean()
        if not {"gads", "destino", "fecha"} <= datos.keys():
            return datos
        self._exigir_fecha(datos)
        self._exigir_justificacion(datos)
        ajenos = ajenos_a(self.usuario, self.terreno, datos["gads"])
        if ajenos and not self._se_proponen_en_su_zona(datos["destino"]):
            nombres = self.queda.nombrar(ajenos)
            self.add_error("gads", f"No son de su zona: {nombres}. {QUIEN_LOS_CAMBIA}")
        elif not self.queda.eleccion.cantones:
            self.add_error("gads", "El grupo se quedaría sin cantones: si ya no sigue, cancélelo.")
        elif self.grupo.sede_id in self.elegidos:
            sede = self.terreno.nombres[self.grupo.sede_id]
            self.add_error("gads", f"{sede} es la sede del grupo: edítelo antes y elija otra.")
        elif self.grupo.zona_id not in self.queda.zonas:
            mensaje = f"La zona {self.grupo.zona_id}, que coordina, se quedaría sin cantones."
            self.add_error("gads", f"{mensaje} Edite antes el grupo y elija otra.")
        return datos

    def _se_proponen_en_su_zona(self, destino):
        return all(
            grupo.estado == Grupo.Estado.PROPUESTO and grupo.zona_id == self.usuario.zona_id
            for grupo in (self.grupo, destino)
        )

    def _exigir_fecha(self, datos):
        fecha = datos["fecha"]
        entraron = ultima_entrada(self.membresias, {*datos["gads"], *self.salen})
        if fecha < entraron:
            self.add_error("fecha", f"Hay quien entró al grupo después, el {entraron:%d/%m/%Y}.")
        estuvo = ultima_salida(self.del_destino, datos["gads"])
        if estuvo and fecha < estuvo:
            mensaje = f"Hay quien ya estuvo en el grupo de destino, hasta el {estuvo:%d/%m/%Y}."
            self.add_error("fecha", mensaje)

    def _exigir_justificacion(self, datos):
        if self.partidos and not datos.get("justificacion", "").strip():
            cuales = " ".join(f"{grupo}: {mensaje}" for grupo, mensaje in self.partidos)
            mensaje = f"{cuales} Para guardarlo así, escriba por qué."
            self.add_error("justificacion", mensaje)

    @cached_property
    def partidos(self):
        """[(grupo, qué queda cortado)] de los que dejan de ser continuos y no lo justificaban."""
        destino = self.destino_elegido
        dictamenes = [(self.grupo, self.queda), (destino, self.llega)]
        return [
            (grupo, dictamen.veredicto.mensaje)
            for grupo, dictamen in dictamenes
            if not dictamen.veredicto.contiguo and not grupo.justificacion.strip()
        ]

    def justificaciones(self):
        """{clave de grupo: texto} de los que se parten."""
        return {grupo.pk: self.cleaned_data["justificacion"] for grupo, _ in self.partidos}
