throw new Error('react-native-webrtc is not part of Reunion');
